/** A question to begin with, which answers whatever the database holds. */
export const SETUP_QUERY = `# What is set up, and what is missing?
query FirstCheck {
  setupStatus {
    ready
    steps {
      key
      done
      detail
      fix
    }
  }
}
`;

/** A question about the demo shop. */
export const DEMO_QUERY = `# May Ada open the course, and why?
query FirstCheck {
  access(product: "course", user: "ada") {
    allowed
    reason
    endsAt
    via { name }
  }
}
`;
