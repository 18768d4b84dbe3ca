// The page says in its data attributes where to ask, with which header and what first.
const root = document.getElementById("graphiql");
const { endpoint, headers, query } = root.dataset;
ReactDOM.createRoot(root).render(
  React.createElement(GraphiQL, {
    // The schema is asked for before the editor of headers is there, so the fetcher knows the key as well.
    fetcher: GraphiQL.createFetcher({ url: endpoint, headers: JSON.parse(headers) }),
    defaultEditorToolsVisibility: "headers",
    // The first is for the tab that is open, the second for those that are opened later.
    headers,
    defaultHeaders: headers,
    defaultQuery: query,
    shouldPersistHeaders: false,
  }),
);
