/** Returns what is wrong with a page, in words. It runs inside the page: `find-page-mistakes.ts` sends its text there. */
module.exports = ({ isTouched, needsLink }) => {
  const TARGET = 44;
  const CONTRAST = 4.5;
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  const colours = new Map();
  const readColour = (text) => {
    if (!colours.has(text)) colours.set(text, drawColour(text));
    return colours.get(text);
  };

  const drawColour = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };

  const over = ([red, green, blue, alpha], below) => {
    const mix = (top, ground) => top * alpha + ground * (1 - alpha);
    return [mix(red, below[0]), mix(green, below[1]), mix(blue, below[2]), 1];
  };

  const groundOf = (element) => {
    if (!element) return readColour("Canvas");
    const own = readColour(getComputedStyle(element).backgroundColor);
    return own[3] >= 1 ? own : over(own, groundOf(element.parentElement));
  };

  const brightnessOf = (colour) => {
    const [red, green, blue] = colour.map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  const contrastOf = (element, colour) => {
    const ground = groundOf(element);
    const [one, two] = [brightnessOf(over(readColour(colour), ground)), brightnessOf(ground)];
    return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
  };

  const isVisible = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.getClientRects().length > 0;

  const nameOf = (element) => {
    const words = (element.textContent || element.getAttribute("name") || "").trim().replace(/\s+/g, " ");
    return `${element.tagName.toLowerCase()} "${words.slice(0, 40)}"`;
  };

  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "");

  // A link in the middle of a sentence has the height of its line.
  const isInSentence = (element) =>
    element.tagName === "A" &&
    getComputedStyle(element).display === "inline" &&
    element.parentElement.textContent.trim().length > element.textContent.trim().length;

  const sizeOf = (element) => {
    const isChoice = element.matches("[type=radio], [type=checkbox]");
    return ((isChoice && element.closest("label")) || element).getBoundingClientRect();
  };

  const mistakes = new Set();
  for (const element of [...document.body.querySelectorAll("*")].filter(isVisible)) {
    const shown = hasText(element) ? [["", getComputedStyle(element).color]] : [];
    if (element.placeholder) shown.push(["placeholder of ", getComputedStyle(element, "::placeholder").color]);
    for (const [what, colour] of shown) {
      const contrast = contrastOf(element, colour);
      if (contrast < CONTRAST) mistakes.add(`the contrast of ${what}${nameOf(element)} is ${contrast.toFixed(2)}`);
    }
    if (element.matches("input, select, textarea") && !element.labels?.length) {
      mistakes.add(`${nameOf(element)} has no label`);
    }
    if (isTouched && element.matches("a[href], button, input, select, textarea, summary") && !isInSentence(element)) {
      const { width, height } = sizeOf(element);
      if (Math.min(width, height) < TARGET - 0.5) {
        mistakes.add(`${nameOf(element)} is ${Math.round(width)} × ${Math.round(height)} px`);
      }
    }
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) mistakes.add(`the page is ${scrollWidth} px wide in ${clientWidth} px`);
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) mistakes.add(`there are ${headings} headings of the first rank`);
  if (!document.title) mistakes.add("there is no title");
  if (!document.documentElement.lang) mistakes.add("there is no language");
  if (needsLink && !document.querySelector("a[href]")) mistakes.add("no link leads on");
  return [...mistakes];
};
