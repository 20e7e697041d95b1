/**
 * The talk page: what LINE's talk is to a resident, drawn from the platform's journal.
 * `?user=2` is another resident. All data reaches the page as text nodes.
 */

import { el, post } from "./el.js";
import { drawMessage } from "./message.js";
import { Menu } from "./menu.js";
import { Strip } from "./strip.js";

const USER = /^[0-9A-Za-z]{1,20}$/.exec(new URLSearchParams(location.search).get("user") ?? "")?.[0] ?? "1";
const HOLD_MS = 600; // a press this long is a long press
const NEAR_PX = 160; // this close to the end the page follows new messages
const KINDS = { sticker: "スタンプ", image: "写真", location: "位置情報", video: "動画", audio: "音声", file: "ファイル" };

const byId = (id) => document.getElementById(id);
const log = byId("log");
const text = byId("text");
const mine = new Map(); // message id → its row
let isAtEnd = true; // whether the last message is in sight
let thinking = null;
let thinkingTimer = 0;

const send = (done) => post(`/talk/do?user=${USER}`, done);
const say = (said) => send({ what: "text", text: said });

/** What a tap does: on a bubble, a quick reply or the rich menu. */
function act(action) {
  if (action.type === "message") say(action.text);
  else if (action.type === "postback") postback(action);
  else if (action.type === "richmenuswitch") switchMenu(action);
  else if (action.type === "clipboard") navigator.clipboard?.writeText(action.clipboardText);
  else notice(`この見本では動かない操作です：${action.type}`);
}

function postback(action) {
  if (action.displayText ?? action.text) addSaid({ message: { type: "text", text: action.displayText ?? action.text } });
  send({ what: "postback", text: action.data });
}

async function switchMenu(action) {
  if (!(await menu.show(action.richMenuAliasId))) {
    notice(`切り替える先のメニューがありません：${action.richMenuAliasId}`);
    return;
  }
  const params = { newRichMenuAliasId: action.richMenuAliasId, status: "SUCCESS" };
  send({ what: "postback", text: action.data, params });
}

const menu = new Menu(byId("menu"), byId("menu-bar"), byId("menu-panel"), act);
const strip = new Strip(byId("strip"), byId("open-strip"), USER);

const clock = (at) => new Date(at).toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit" });

function add(row) {
  isAtEnd ||= row.classList.contains("said");
  log.append(row);
  if (thinking) log.append(thinking);
  stayAtEnd();
}

function stayAtEnd() {
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

function notice(words) {
  add(el("p", { className: "notice" }, words));
}

function addSaid({ message, at = Date.now() }) {
  hideQuick();
  const bubble = drawMessage(message, act);
  const row = el("div", { className: "row said" }, el("time", {}, clock(at)), bubble);
  if (message.id) {
    mine.set(message.id, row);
    const more = el("button", { type: "button", className: "tail quiet", ariaLabel: "このメッセージの操作" }, "⋯");
    more.addEventListener("click", () => offerUnsend(row, message.id));
    holdable(bubble, () => offerUnsend(row, message.id));
    row.prepend(more);
  }
  add(row);
}

function addGot({ message, at, by }) {
  stopThinking();
  const how = by === "push" ? el("span", { className: "by" }, "プッシュ") : "";
  const row = el("div", { className: "row got" }, drawMessage(message, act), el("time", {}, clock(at), how));
  if (message.altText) row.title = `通知に出る文：${message.altText}`;
  add(row);
  showQuick(message.quickReply?.items ?? []);
}

function offerUnsend(row, id) {
  if (row.querySelector(".unsend")) return;
  const unsend = el("button", { type: "button", className: "unsend" }, "送信取消");
  unsend.addEventListener("click", () => send({ what: "unsend", message_id: id }));
  unsend.addEventListener("keydown", (event) => event.key === "Escape" && unsend.remove());
  unsend.addEventListener("blur", () => setTimeout(() => unsend.remove(), 200));
  row.prepend(unsend);
  unsend.focus();
}

function holdable(node, done) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  node.addEventListener("pointerdown", () => { timer = setTimeout(done, HOLD_MS); });
  for (const kind of ["pointerup", "pointerleave", "pointercancel"]) node.addEventListener(kind, stop);
  node.addEventListener("contextmenu", (event) => { event.preventDefault(); stop(); done(); });
}

function unsent({ message_id: id }) {
  mine.get(id)?.replaceWith(el("p", { className: "notice" }, "メッセージの送信を取り消しました"));
  mine.delete(id);
}

function think({ seconds, at }) {
  const left = at + seconds * 1000 - Date.now();
  if (left <= 0) return;
  stopThinking();
  const dots = el("span", { className: "dots" }, el("i"), el("i"), el("i"));
  thinking = el("div", { className: "row got thinking", role: "status", ariaLabel: "返答を作っています" }, dots);
  add(thinking);
  thinkingTimer = setTimeout(stopThinking, left);
}

function stopThinking() {
  clearTimeout(thinkingTimer);
  thinking?.remove();
  thinking = null;
}

function showQuick(items) {
  const quick = byId("quick");
  quick.replaceChildren(...items.map((item) => {
    const button = el("button", { type: "button", className: "chip" }, item.action.label ?? item.action.type);
    button.addEventListener("click", () => { hideQuick(); act(item.action); text.focus(); });
    return button;
  }));
  quick.hidden = items.length === 0;
  quick.scrollLeft = 0;
}

function hideQuick() {
  byId("quick").hidden = true;
}

const DRAW = {
  said: addSaid,
  got: addGot,
  thinking: think,
  unsent,
  friend: ({ is_friend: is }) => { stopThinking(); hideQuick(); notice(is ? "友だちに追加しました" : "ブロックしました"); },
  webhook: (entry) => strip.webhook(entry),
  call: (entry) => strip.call(entry),
};

function stand(state) {
  const isIn = state.is_friend && !state.is_blocker;
  byId("composer").hidden = byId("block").hidden = !isIn;
  byId("outside").hidden = isIn;
  if (!isIn) byId("kinds").hidden = true;
  byId("outside-why").textContent = state.is_blocker ? "ブロックしているので、何も届きません。" : "友だちに追加すると、トークが始まります。";
  byId("follow").textContent = state.is_blocker ? "ブロックを解除" : "友だちに追加";
  menu.stand(isIn ? state.menu : null);
  strip.stand(state);
}

function follow() {
  let born = "";
  const stream = new EventSource(`/talk/stream?user=${USER}`);
  stream.addEventListener("born", (event) => {
    byId("lost").hidden = true;
    if (born && born !== event.data) location.reload(); // another start of the platform knows nothing of this talk
    born = event.data;
  });
  stream.addEventListener("entry", (event) => {
    const entry = JSON.parse(event.data);
    DRAW[entry.kind]?.(entry);
  });
  stream.addEventListener("state", (event) => stand(JSON.parse(event.data)));
  stream.addEventListener("error", () => {
    byId("lost").hidden = false;
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
  });
}

function grow() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 140)}px`;
}

log.addEventListener("scroll", () => {
  isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
});
new ResizeObserver(stayAtEnd).observe(log); // what opens below it must not hide the last message

byId("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = text.value;
  if (!said.trim()) return;
  text.value = "";
  grow();
  if (!(await say(said))) { text.value = said; grow(); }
});
text.addEventListener("input", grow);
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("composer").requestSubmit();
});
byId("follow").addEventListener("click", async () => { await send({ what: "follow" }); });
byId("block").addEventListener("click", () => send({ what: "block" }));
byId("more").addEventListener("click", () => {
  byId("kinds").hidden = !byId("kinds").hidden;
  byId("more").ariaExpanded = String(!byId("kinds").hidden);
});
byId("kinds").append(...Object.entries(KINDS).map(([kind, name]) => {
  const button = el("button", { type: "button", className: "kind" }, name);
  button.addEventListener("click", () => send({ what: "media", kind }));
  return button;
}));

follow();
