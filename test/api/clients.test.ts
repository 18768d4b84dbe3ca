import { describeClients } from "../kit/describe-clients";
import { describeGraphqlOverHttp } from "../kit/describe-graphql-over-http";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let authorization: string;
beforeAll(async () => {
  latchkey = await startLatchkey();
  authorization = `Bearer ${await latchkey.key("ADMIN")}`;
});
afterAll(() => latchkey.stop());

const reach = () => ({ graphqlUrl: latchkey.graphqlUrl, authorization });

describeGraphqlOverHttp(reach);
describeClients(reach);
