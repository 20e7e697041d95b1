/** What a talk is drawn of. Server data becomes text nodes alone. */

import { drawAnswer } from "/static/answer.js";
import { uuid } from "/static/api.js";
import { el } from "/static/dom.js";

function drawCard(answer) {
  const node = drawAnswer({ ...answer, choices: [], guide: null }, () => {});
  node.querySelector(".who").remove();
  node.className = "card";
  return node;
}

/** One event of a talk. */
export function drawMessage(message) {
  const flag = (name, text) => (text ? el("span", { class: name }, text) : null);
  return el(
    "div",
    { class: "message", "data-author": message.author, "data-sequence": message.sequence },
    el(
      "p",
      { class: "who" },
      message.who,
      flag("at", message.at),
      flag("pressed", message.is_press ? "ボタンを押した" : ""),
      flag("source", message.source),
    ),
    message.text ? el("p", { class: "text" }, message.text) : null,
    message.card ? drawCard(message.card) : null,
    message.choices.length
      ? el("p", { class: "offered" }, flag("quiet", "出したボタン："), ...message.choices.map((choice) => el("span", {}, choice)))
      : null,
    message.hidden.length ? el("p", { class: "masked" }, `${message.hidden.join("、")}を隠しました`) : null,
  );
}

/** What a clerk has just written, until the server has it. */
export function drawOwn(text) {
  return el(
    "div",
    { class: "message", "data-author": "staff", "data-state": "sending" },
    el("p", { class: "who" }, "あなた", el("span", { class: "at" }, "送っています…")),
    el("p", { class: "text" }, text),
  );
}

/** An entry that may answer, with the form that sends its card. */
export function drawFound({ entry, title, summary, aspects }, path, isMine) {
  const options = aspects.map(([value, label]) => el("option", { value }, label));
  const hidden = (name, value) => el("input", { type: "hidden", name, value });
  return el(
    "li",
    {},
    el("p", { class: "topic" }, title),
    el("p", { class: "summary" }, summary),
    el(
      "form",
      { method: "post", action: `${path}/card`, class: "send-card", "data-move": "say", hidden: !isMine },
      hidden("key", uuid()),
      hidden("entry", entry),
      aspects.length > 1 ? el("select", { name: "aspect", "aria-label": `${title}のどれを送るか` }, ...options) : null,
      el("button", { class: "second", "aria-label": `${title}のカードを送る` }, "カードを送る"),
    ),
  );
}
