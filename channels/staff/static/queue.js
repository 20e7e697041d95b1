/**
 * The queue, live. The server has drawn it once as a page; from then on it is drawn here, from what the stream
 * brings. Nothing that a resident said is in it.
 */

import { el } from "/static/dom.js";
import { Alerts } from "./alerts.js";
import { forgetOnLeaving } from "./kept.js";
import { shortcuts } from "./keys.js";
import { Stream } from "./stream.js";

const TOKEN = document.querySelector('meta[name="csrf"]').content;
const DOES = { claim: "対応する", take_over: "代わって対応する" };
const queue = document.getElementById("queue");
const status = el("p", { class: "quiet", role: "status" });
const lost = el("p", { class: "problem", role: "alert", hidden: true });
const alerts = new Alerts();

function drawAct({ id, takes, topic }) {
  if (!takes) return el("a", { class: "button second", href: `/staff/talks/${id}`, "aria-label": `開く：${topic}` }, "開く");
  return el(
    "form",
    { method: "post", action: `/staff/talks/${id}/${takes}` },
    el("input", { type: "hidden", name: "csrf", value: TOKEN }),
    el("button", { "aria-label": `${DOES[takes]}：${topic}` }, DOES[takes]),
  );
}

function drawLine(line) {
  return el(
    "li",
    { class: "line", "data-id": line.id, "data-state": line.state, "data-alarm": line.alarm ? line.level : null },
    el("p", { class: "badge" }, line.standing),
    el(
      "div",
      { class: "about" },
      el("p", { class: "topic" }, el("a", { href: `/staff/talks/${line.id}` }, line.topic)),
      el(
        "p",
        { class: "more" },
        line.channel,
        line.who ? el("span", {}, line.who) : null,
        line.label ? el("span", { class: "label" }, line.label) : null,
      ),
    ),
    el("p", { class: "waiting" }, line.waiting, line.alarm ? el("strong", { class: "alarm" }, line.alarm) : null),
    el("p", { class: "unheard" }, line.unheard ? el("span", {}, `未読 ${line.unheard}`) : null),
    drawAct(line),
  );
}

const drawLines = (lines) =>
  lines.length ? el("ul", { class: "lines" }, ...lines.map(drawLine)) : el("p", { class: "none" }, "待っている人はいません。");

const drawCount = ({ waits, is_open: isOpen }) => [
  el("span", { class: "count" }, `${waits}人待ち`),
  isOpen ? null : el("span", { class: "shut" }, "いまは時間外"),
];

function drawSection(id, heading, lines) {
  return el("section", { "aria-labelledby": id }, el("h2", { id }, ...heading), drawLines(lines));
}

function drawFolded(group, open) {
  return el(
    "details",
    { "data-desk": group.desk, open: open.has(group.desk) },
    el("summary", {}, el("span", { class: "desk" }, group.title), ...drawCount(group)),
    drawLines(group.lines),
  );
}

function draw({ mine, groups }) {
  const open = new Set([...queue.querySelectorAll("details[open]")].map((node) => node.dataset.desk));
  const [own, others] = [groups.filter((group) => group.is_mine), groups.filter((group) => !group.is_mine)];
  const nodes = [
    mine.length ? drawSection("mine", ["自分が対応中", el("span", { class: "count" }, `${mine.length}件`)], mine) : null,
    ...own.map((group) => drawSection(`desk-${group.desk}`, [group.title, ...drawCount(group)], group.lines)),
    others.length ? el("h2", { class: "others" }, "ほかの窓口") : null,
    others.length ? el("div", { class: "folded" }, ...others.map((group) => drawFolded(group, open))) : null,
  ];
  keepingFocus(() => queue.replaceChildren(...nodes.filter(Boolean)));
}

/** Draw anew; who stood on a row, or on a folded desk, still stands there. */
function keepingFocus(change) {
  const at = queue.contains(document.activeElement) ? document.activeElement : null;
  const row = at?.closest("[data-id]")?.dataset.id;
  const desk = at?.closest("details")?.dataset.desk;
  const place = lines().findIndex((line) => line.dataset.id === row);
  const isAct = at?.matches("button, .button");
  change();
  if (!at) return;
  const line = row && (queue.querySelector(`[data-id="${CSS.escape(row)}"]`) ?? lines()[Math.min(place, lines().length - 1)]);
  if (line) line.querySelector(isAct ? "button, .button" : ".topic a").focus();
  else if (desk) queue.querySelector(`details[data-desk="${CSS.escape(desk)}"] summary`)?.focus();
  else document.getElementById("main").focus();
}

const lines = () => [...queue.querySelectorAll(".line")].filter((line) => line.checkVisibility?.() ?? true);

function step(by) {
  const all = lines();
  if (!all.length) return false;
  const here = all.indexOf(document.activeElement?.closest?.(".line"));
  const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1)];
  next.querySelector(".topic a").focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

let pressing = false; // a row that is being clicked must not move away below the pointer
let late = null;
addEventListener("pointerdown", () => (pressing = true));
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => {
    pressing = false;
    if (late) setTimeout(() => late && draw(late), 50);
    late = null;
  });
}

function take(told) {
  const news = alerts.take(told);
  if (news) status.textContent = news;
  if (pressing) late = told;
  else draw(told);
}

function out() {
  lost.hidden = false;
  lost.replaceChildren("ログインが切れました。", el("a", { href: "/staff/login?next=%2Fstaff" }, "ログインして続ける"));
}

const opener = shortcuts(
  { j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1) },
  [["j ↓", "次の相談"], ["k ↑", "前の相談"], ["Enter", "選んだ相談を開く"], ["Tab", "「対応する」などのボタンへ"]],
);
const controls = document.getElementById("controls");
controls.append(...alerts.buttons(), opener);
controls.hidden = false;
document.getElementById("messages").append(lost, status);
forgetOnLeaving();
history.replaceState(null, "", "/staff"); // to load it again neither repeats a claim nor what was done before

new Stream(
  () => "/staff/events",
  {
    queue: take,
    lost: (is) => {
      lost.hidden = !is;
      lost.textContent = is ? "つながっていません。つながるまで、この一覧は新しくなりません。" : "";
    },
    out,
  },
  () => alerts.speaks,
);
