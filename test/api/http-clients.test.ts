import { describeClients } from "../kit/describe-clients";
import { describeGraphqlOverHttp } from "../kit/describe-graphql-over-http";
import { type SmallServer, startSmallServer } from "../kit/start-small-server";

let server: SmallServer;
beforeAll(async () => (server = await startSmallServer()));
afterAll(() => server.stop());

const reach = () => ({ graphqlUrl: server.graphqlUrl, authorization: "Bearer ADMIN" });

describeGraphqlOverHttp(reach);
describeClients(reach);
