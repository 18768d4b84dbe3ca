/**
 * Keeps the reader's place in the control room over a reload: how far it was scrolled, which sections are open, and the button
 * that was pressed. Without it the room works too: the address of each form names the section to return to.
 */
export const roomScript = `"use strict";
const KEY = "control-room";
history.scrollRestoration = "manual";
const sections = () => [...document.querySelectorAll("details[id]")];
const nameOf = (form) => {
  const hidden = [...form.querySelectorAll("input[type=hidden]")].filter(({ name }) => name !== "token");
  return form.getAttribute("action") + "?" + hidden.map(({ name, value }) => name + "=" + value).join("&");
};
const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
if (kept && location.hash === "") {
  for (const section of sections()) {
    if (section.id in kept.open && !section.hasAttribute("data-shown")) section.open = kept.open[section.id];
  }
  scrollTo(0, kept.top);
}
for (const form of document.forms) {
  if (form.method === "post") form.setAttribute("action", form.getAttribute("action").split("#")[0]);
}
const pressed = kept && [...document.forms].find((form) => nameOf(form) === kept.form);
if (pressed) pressed.querySelector("button").focus({ preventScroll: true });
let form = null;
addEventListener("submit", ({ target }) => { if (target.method === "post") form = nameOf(target); });
addEventListener("pagehide", () => {
  const open = Object.fromEntries(sections().map((section) => [section.id, section.open]));
  sessionStorage.setItem(KEY, JSON.stringify({ top: scrollY, open, form }));
});
`;
