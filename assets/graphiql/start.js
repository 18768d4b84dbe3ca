// The page says in its data attributes where to ask, with which header and what first.
const root = document.getElementById("graphiql");
const { endpoint, headers, query } = root.dataset;
const ask = GraphiQL.createFetcher({ url: endpoint, headers: JSON.parse(headers) });

/** By the text itself: what the editor has read of it may be older. A query that looks like one is answered all the same. */
function isSubscription({ query, operationName }) {
  return new RegExp(`(^|[\\s}])subscription\\b\\s*${operationName ?? ""}`).test(query);
}

/** A subscription is answered by a stream of events, which ends when the editor stops reading it. */
async function* subscribe(params, options) {
  const abort = new AbortController();
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      ...(options.headers ?? JSON.parse(headers)),
      "content-type": "application/json",
      accept: "text/event-stream",
    },
    body: JSON.stringify(params),
    signal: abort.signal,
  });
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    yield await response.json();
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const events = (text + piece.value).split("\n\n");
      text = events.pop();
      for (const event of events) {
        const data = /^event: next\ndata: (.*)$/.exec(event)?.[1];
        if (data) yield JSON.parse(data);
      }
    }
  } finally {
    abort.abort();
  }
}

ReactDOM.createRoot(root).render(
  React.createElement(GraphiQL, {
    // The schema is asked for before the editor of headers is there, so the fetcher knows the key as well.
    fetcher: (params, options = {}) =>
      isSubscription(params) ? subscribe(params, options) : ask(params, options),
    defaultEditorToolsVisibility: "headers",
    // The first is for the tab that is open, the second for those that are opened later.
    headers,
    defaultHeaders: headers,
    defaultQuery: query,
    shouldPersistHeaders: false,
  }),
);
