// An Answer as nodes of the page. Server data becomes text nodes alone, links http(s) and tel.

import { el } from "./dom.js";
import { WORDS, fill } from "./words.js";

const list = (value) => (Array.isArray(value) ? value : []);

const READ = /((?:\d+(?=[日人]))?[\p{Script=Han}々〆ヶ]+)（([ぁ-んー]+)）/u;

/** Text without the readings that stand behind its kanji, to be read aloud. */
const withoutReadings = (text) => String(text).replaceAll(new RegExp(READ, "gu"), "$1");

/** Text as nodes: 市役所（しやくしょ） becomes kanji with their reading above. */
function readable(text) {
  const nodes = [];
  const parts = String(text).split(READ);
  for (let n = 0; n < parts.length; n += 3) {
    if (parts[n]) nodes.push(parts[n]);
    if (n + 1 < parts.length) {
      const aside = (mark) => el("rp", {}, mark);
      nodes.push(el("ruby", {}, parts[n + 1], aside("（"), el("rt", {}, parts[n + 2]), aside("）")));
    }
  }
  return nodes;
}

/** The address if it is one we follow (http, https, tel), else null. */
function safeUrl(url) {
  try {
    return /^(https?|tel):$/.test(new URL(url).protocol) ? String(url) : null;
  } catch {
    return null;
  }
}

function checkedOn(iso) {
  const [, y, m, d] = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso ?? "") ?? [];
  return y ? fill(WORDS.checked, { year: Number(y), month: Number(m), day: Number(d) }) : null;
}

// Facts in a row with the same label and standing share one heading.
function grouped(facts) {
  const groups = [];
  for (const { label, value, status } of facts) {
    const last = groups.at(-1);
    if (last?.label === label && last.status === status) last.values.push(value);
    else groups.push({ label, status, values: [value] });
  }
  return groups;
}

function drawFacts({ label, status, values }) {
  const mark = WORDS.status[status];
  return el(
    "div",
    { class: "fact", "data-status": status },
    el("dt", {}, ...readable(label), mark ? el("span", { class: "mark" }, mark) : null),
    ...values.map((value) => el("dd", {}, ...readable(value))),
  );
}

function drawLink({ label, url, role }) {
  const href = safeUrl(url);
  if (!href) return null;
  const tel = /^tel:/i.test(href);
  let name = String(label);
  if (tel) {
    // On a PC a tel: link does nothing, so the number itself must be readable.
    const number = decodeURIComponent(href.slice(4)).replace(/^\+81-?/, "0");
    const digits = (text) => text.normalize("NFKC").replace(/\D/g, "");
    if (!digits(name).includes(digits(number))) name += ` ${number}`;
  }
  const out = tel ? {} : { target: "_blank", rel: "noopener noreferrer" };
  return el(
    "a",
    { href, "data-role": tel ? "tel" : role, ...out },
    el("span", {}, ...readable(name)),
    el("span", { class: "do" }, tel ? WORDS.call : WORDS.new_tab),
  );
}

function drawSource({ title, url, checked_on: day }) {
  const href = url ? safeUrl(url) : null;
  const name = href
    ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, String(title))
    : String(title);
  const checked = checkedOn(day);
  return el("li", {}, WORDS.source, name, " ", checked ? el("span", { class: "day" }, checked) : null);
}

/** Children in a wrapper, or null when there are none. */
function wrap(tag, name, nodes) {
  const there = nodes.filter(Boolean);
  return there.length ? el(tag, { class: name }, ...there) : null;
}

export function drawChoices(choices, ask, name = "choices") {
  return wrap(
    "div",
    name,
    choices.map(({ label, says }) => {
      const button = el("button", { type: "button" }, ...readable(label));
      button.addEventListener("click", () => ask(String(says)));
      return button;
    }),
  );
}

// A step's line 【…】 is its heading; what is said before it stays before it.
function drawText(text, kind) {
  if (kind !== "step") return [el("p", { class: "text" }, ...readable(text))];
  return text
    .split(/^(【[^\n]*】)$/m)
    .map((part) => part.replace(/^\n|\n$/g, ""))
    .filter(Boolean)
    .map((part) =>
      part.startsWith("【")
        ? el("h2", { class: "step" }, ...readable(part))
        : el("p", { class: "text" }, ...readable(part)),
    );
}

// The way to the page of a guide's checklist; the answers it was made from stand in its address.
function checklistLink({ facts, guide }) {
  if (!guide?.is_done || !list(facts).length) return [];
  const page = new URL(`/checklist/${encodeURIComponent(guide.guide)}`, location.href);
  page.search = new URLSearchParams(guide.answers);
  return [{ label: WORDS.keep, url: page.href, role: "page" }];
}

// The answers to a step first and large, then the ways out of it.
function drawButtons(choices, kind, ask) {
  if (kind !== "step") return [drawChoices(choices, ask)];
  const isAside = ({ label }) => WORDS.aside.includes(label);
  return [
    drawChoices(choices.filter((choice) => !isAside(choice)), ask),
    drawChoices(choices.filter(isAside), ask, "choices aside"),
  ];
}

/** What is read aloud of an answer: its text and facts, no links, no buttons. */
export function spoken({ text, facts }) {
  const lines = [text, ...grouped(list(facts)).map(({ label, values }) => `${label}。${values.join("。")}`)];
  return lines.map(withoutReadings).join("。\n").replaceAll("。。", "。");
}

/** The page that prints an answer, or null where there is nothing to print. */
export function printPage({ entry, aspect, facts }) {
  if (!entry || !list(facts).length) return null;
  const page = new URL(`/answer/${encodeURIComponent(entry)}`, location.href);
  if (aspect) page.searchParams.set("aspect", aspect);
  return page.href;
}

/** What comes with the words of a person, or with what happens: a card, buttons, the way to the record. */
export function drawBeside({ answer, choices, summary }, ask, page) {
  const card = answer ? drawAnswer(answer, ask) : null;
  card?.querySelector(".who").remove();
  return [
    card,
    drawChoices(list(choices), ask),
    summary ? wrap("div", "links", [drawLink({ label: summary, url: page, role: "page" })]) : null,
  ];
}

export function drawAnswer(answer, ask) {
  return el(
    "div",
    { class: "answer", "data-kind": answer.kind, "data-entry": answer.entry, "data-aspect": answer.aspect },
    el("p", { class: "who" }, WORDS.bot),
    ...drawText(String(answer.text ?? ""), answer.kind),
    wrap("div", "links keep", checklistLink(answer).map(drawLink)),
    wrap("dl", "facts", grouped(list(answer.facts)).map(drawFacts)),
    wrap("div", "links", list(answer.links).map(drawLink)),
    ...drawButtons(list(answer.choices), answer.kind, ask),
    wrap("ul", "sources", list(answer.sources).map(drawSource)),
  );
}
