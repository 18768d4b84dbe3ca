/** What the GraphQL editor and the welcome of local mode begin with. It asks about the demo shop. */
export const FIRST_QUERY = `# May Ada open the course, and why?
query FirstCheck {
  access(product: "course", user: "ada") {
    allowed
    reason
    endsAt
    via { name }
  }
}
`;
