/**
 * LINE's Flex messages from their JSON: the parts that our renderer sends, and their near relatives.
 * What is not drawn here is named on the page.
 */

import { el, safeAddress, unknown } from "./el.js";

const TEXT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const SPACE = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const ROUND = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const WIDTH = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };
const ALIGN = { start: "start", center: "center", end: "end" };
const KNOWN = {
  bubble: ["size", "header", "hero", "body", "footer", "styles", "direction"],
  carousel: ["contents"],
  box: ["layout", "contents", "flex", "spacing", "margin", "paddingAll", "paddingTop", "paddingBottom", "paddingStart",
    "paddingEnd", "cornerRadius", "backgroundColor", "borderColor", "borderWidth", "action", "justifyContent",
    "alignItems", "width", "height"],
  text: ["text", "contents", "size", "color", "weight", "style", "align", "decoration", "margin", "wrap", "maxLines",
    "flex", "scaling", "action", "gravity", "lineSpacing", "adjustMode"],
  button: ["action", "style", "color", "height", "margin", "flex", "gravity", "scaling", "adjustMode"],
  separator: ["margin", "color"],
  filler: ["flex"],
};

/** A Flex message; `act` is called with the LINE action that somebody taps. */
export function drawFlex(message, act) {
  const container = message.contents;
  const bubbles = container.type === "carousel" ? container.contents : [container];
  const drawn = bubbles.map((bubble) => drawBubble(bubble, act));
  if (container.type !== "carousel") return drawn[0];
  return el("div", { className: "carousel", tabIndex: 0, role: "group", ariaLabel: "横に動かせます" }, ...drawn);
}

function drawBubble(bubble, act) {
  if (bubble.type !== "bubble") return unknown(bubble.type);
  const node = el("div", { className: "flex-bubble" });
  node.style.width = `${WIDTH[bubble.size ?? "mega"] ?? WIDTH.mega}px`;
  for (const part of ["header", "hero", "body", "footer"]) {
    if (!bubble[part]) continue;
    const block = el("div", { className: `flex-${part}` }, draw(bubble[part], "vertical", act));
    const look = bubble.styles?.[part] ?? {};
    block.style.backgroundColor = look.backgroundColor ?? "";
    node.append(block);
  }
  node.append(...leftOut(bubble));
  return node;
}

/** One component; `within` is the direction of the box around it. */
function draw(part, within, act) {
  const make = { box: drawBox, text: drawText, button: drawButton, separator: drawSeparator, filler: drawFiller }[part.type];
  if (!make) return unknown(part.type);
  const node = make(part, act);
  const isAcross = within === "horizontal" || within === "baseline";
  if (part.flex !== undefined) node.style.flex = part.flex === 0 ? "0 0 auto" : `${part.flex} 1 0`;
  else if (isAcross && !part.width && part.type !== "separator") node.style.flex = "1 1 0";
  node.append(...leftOut(part));
  return node;
}

function drawBox(box, act) {
  const isAcross = box.layout !== "vertical";
  const node = tappable(box.action, "div", act);
  node.classList.add("flex-box");
  const style = node.style;
  style.flexDirection = isAcross ? "row" : "column";
  if (box.layout === "baseline") style.alignItems = "baseline";
  style.justifyContent = box.justifyContent ?? "";
  if (box.alignItems) style.alignItems = box.alignItems;
  style.backgroundColor = box.backgroundColor ?? "";
  style.borderRadius = size(box.cornerRadius, ROUND);
  style.padding = size(box.paddingAll, SPACE);
  style.paddingBlockStart = size(box.paddingTop, SPACE) || style.paddingBlockStart;
  style.paddingBlockEnd = size(box.paddingBottom, SPACE) || style.paddingBlockEnd;
  style.paddingInlineStart = size(box.paddingStart, SPACE) || style.paddingInlineStart;
  style.paddingInlineEnd = size(box.paddingEnd, SPACE) || style.paddingInlineEnd;
  style.width = box.width ?? "";
  style.height = box.height ?? "";
  if (box.borderWidth) style.border = `${size(box.borderWidth, BORDER)} solid ${box.borderColor ?? "transparent"}`;
  for (const [place, child] of box.contents.entries()) {
    const drawn = draw(child, box.layout, act);
    const gap = size(child.margin ?? (place ? box.spacing : undefined), SPACE);
    if (gap) drawn.style[isAcross ? "marginInlineStart" : "marginBlockStart"] = gap;
    node.append(drawn);
  }
  return node;
}

function drawText(text, act) {
  const node = tappable(text.action, "p", act);
  node.classList.add("flex-text");
  letter(node, text);
  node.style.textAlign = ALIGN[text.align] ?? "";
  if (!text.wrap) node.classList.add("one-line");
  if (text.wrap && text.maxLines) { node.classList.add("clamped"); node.style.webkitLineClamp = text.maxLines; }
  for (const span of text.contents ?? []) {
    const drawn = el("span", {}, span.type === "span" ? span.text : "");
    letter(drawn, span);
    node.append(span.type === "span" ? drawn : unknown(span.type));
  }
  if (!text.contents) node.append(text.text);
  return node;
}

function letter(node, look) {
  node.style.fontSize = look.size ? size(look.size, TEXT) : "";
  node.style.color = look.color ?? "";
  node.style.fontWeight = look.weight === "bold" ? "bold" : "";
  node.style.fontStyle = look.style ?? "";
  node.style.textDecoration = look.decoration ?? "";
}

function drawButton(button, act) {
  const node = tappable(button.action, "div", act);
  node.classList.add("flex-button", `flex-button-${button.style ?? "link"}`);
  if (button.color) node.style[(button.style ?? "link") === "link" ? "color" : "backgroundColor"] = button.color;
  node.append(button.action?.label ?? "");
  return node;
}

function drawSeparator(separator) {
  const node = el("div", { className: "flex-separator", role: "separator" });
  node.style.backgroundColor = separator.color ?? "";
  return node;
}

function drawFiller() {
  const node = el("div", { ariaHidden: "true" });
  node.style.flex = "1";
  return node;
}

/** An element that does what `action` says; `tag` when there is none. */
function tappable(action, tag, act) {
  if (!action) return el(tag);
  if (action.type === "uri") {
    const href = safeAddress(action.uri);
    if (!href) return el(tag, {}, unknown(`uri ${action.uri}`));
    return el("a", { className: "tappable", href, target: "_blank", rel: "noopener noreferrer" });
  }
  const node = el("button", { type: "button", className: "tappable" });
  node.addEventListener("click", () => act(action));
  return node;
}

/** Names the properties that are not drawn. */
function leftOut(part) {
  const known = KNOWN[part.type] ?? [];
  const left = Object.keys(part).filter((name) => name !== "type" && !known.includes(name));
  return left.length ? [unknown(`${part.type} の ${left.join(", ")}`)] : [];
}

/** A size by LINE's name for it, or in pixels or percent as it is written. */
function size(value, names) {
  if (value === undefined || value === null) return "";
  return value in names ? `${names[value]}px` : String(value);
}
