const JSON_TYPE = "application/json";
const RESPONSE_TYPE = "application/graphql-response+json";

/**
 * The media type of a GraphQL error that comes with an HTTP status. Clients read the errors of a refused request only in
 * the type made for GraphQL, so it is used whenever the caller accepts it as gladly as plain JSON.
 */
export function readFailureType(accept: string | undefined): string {
  const weights = readWeights(accept ?? "");
  const weight = weights.get(RESPONSE_TYPE) ?? 0;
  const isAccepted = weight > 0 && weight >= (weights.get(JSON_TYPE) ?? 0);
  return `${isAccepted ? RESPONSE_TYPE : JSON_TYPE}; charset=utf-8`;
}

function readWeights(accept: string): Map<string, number> {
  const entries = accept.toLowerCase().split(",");
  return new Map(
    entries.map((entry) => {
      const [type = "", ...parameters] = entry.split(";").map((part) => part.trim());
      const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [type, weight === undefined ? 1 : Number(weight) || 0];
    }),
  );
}
