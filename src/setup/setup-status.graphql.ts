import { Ctx, Field, ObjectType, Query, Resolver } from "type-graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { setupStatus } from "./setup-status";

@ObjectType({ description: "One thing that has to be in place, or should be." })
export class SetupStep {
  @Field({ description: "Its name, which stays the same." })
  key!: string;

  @Field({ description: "Whether it is in place." })
  done!: boolean;

  @Field({ description: "Whether anything that is bought opens nothing without it." })
  required!: boolean;

  @Field({ description: "How it is, in a sentence." })
  detail!: string;

  @Field(() => String, { nullable: true, description: "The mutation or setting that mends it; null: nothing to mend." })
  fix!: string | null;
}

@ObjectType({ description: "How far the set-up of a mode is." })
export class SetupStatus {
  @Field({ description: "Whether every step that is required is done." })
  ready!: boolean;

  @Field(() => [SetupStep], { description: "All steps, in the order in which they are best done." })
  steps!: SetupStep[];
}

@Resolver()
export class SetupStatusResolver {
  @Allow("READ")
  @Query(() => SetupStatus, {
    description: "What is set up in this credential's mode and what is missing, each with what mends it.",
  })
  async setupStatus(@Ctx() ctx: Context): Promise<SetupStatus> {
    const { ready, steps } = await setupStatus(ctx, ctx.identity.mode);
    const described = steps.map((step) => Object.assign(new SetupStep(), step));
    return Object.assign(new SetupStatus(), { ready, steps: described });
  }
}
