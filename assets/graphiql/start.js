// The page says in its data attributes where to ask, with which header and what first.
const root = document.getElementById("graphiql");
const { endpoint, headers, query } = root.dataset;
ReactDOM.createRoot(root).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: endpoint }),
    defaultEditorToolsVisibility: "headers",
    initialHeaders: headers,
    defaultQuery: query,
    shouldPersistHeaders: false,
  }),
);
