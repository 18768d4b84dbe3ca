import { GrantEntity } from "../access/grant.entity";
import { ActivityEntity } from "../activities/activity.entity";
import { ApiKeyEntity } from "../keys/api-key.entity";
import { JobEntity } from "../work/job.entity";
import { CheckoutSessionEntity } from "../checkout/checkout-session.entity";
import { ConnectionEntity } from "../connections/connection.entity";
import { CustomerLinkEntity } from "../links/customer-link.entity";
import { ProductLinkEntity } from "../links/product-link.entity";
import { ProductEntity } from "../products/product.entity";
import { ResourceEntity } from "../resources/resource.entity";
import { SigningKeyEntity } from "../tokens/signing-key.entity";
import { UserEntity } from "../users/user.entity";

/** Every table that has an entity. Entities hold ids and know nothing of one another. */
export const entities = [
  ActivityEntity,
  ApiKeyEntity,
  UserEntity,
  SigningKeyEntity,
  ProductEntity,
  ResourceEntity,
  ConnectionEntity,
  ProductLinkEntity,
  CustomerLinkEntity,
  GrantEntity,
  JobEntity,
  CheckoutSessionEntity,
];
