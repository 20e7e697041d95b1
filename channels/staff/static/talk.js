/**
 * One talk, live. The server has drawn the page; this adds what comes, sends without leaving the page, and keeps
 * what was written until the server has it. Server data becomes text nodes alone.
 */

import { uuid } from "/static/api.js";
import { el } from "/static/dom.js";
import { Alerts } from "./alerts.js";
import { post, trouble } from "./call.js";
import { Unsent, forgetOnLeaving } from "./kept.js";
import { shortcuts } from "./keys.js";
import { drawFound, drawMessage, drawOwn } from "./message.js";
import { Stream } from "./stream.js";

const page = document.querySelector(".talk");
const at = (id) => document.getElementById(id);
const path = `/staff/talks/${page.dataset.talk}`;
const MOST = 2_000; // characters of one message
const NEAR = MOST - 200; // from which on the count is shown
const TOLD_MS = 8_000; // how long a word about a deed stays
const LEAVING = '[data-move="give_back"], [data-move="close"], [data-move="release"], form.pop';
const length = (text) => [...text].length;

class Talk {
  #unsent = new Unsent(page.dataset.login, page.dataset.talk);
  #outbox = []; // {key, text, node}: not known to be stored
  #sending = Promise.resolve();
  #last = Number(page.dataset.last);
  #heard = Number(page.dataset.last);
  #isMine = false;
  #fading = 0;

  constructor() {
    this.log = at("log");
    this.box = at("text");
    this.form = this.box.form;
    this.error = at("error");
    this.state = at("state");
    this.form.noValidate = true;
    this.#isMine = !this.form.hidden;
    this.#restore();
    this.#listen();
    this.log.scrollTop = this.log.scrollHeight;
    if (this.#isMine) this.box.focus();
  }

  get address() {
    return `/staff/events?talk=${page.dataset.talk}&after=${this.#last}`;
  }

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.box.addEventListener("keydown", (event) => {
      // Enter that ends a kana-kanji conversion is not a wish to send; Safari marks it by 229 only.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#submit();
    });
    this.box.addEventListener("input", () => {
      this.#complain("");
      this.#written();
    });
    at("search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#search();
    });
    at("canned").addEventListener("click", (event) => {
      const reply = event.target.closest("a[data-text]");
      if (!reply || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.#insert(reply.dataset.text);
    });
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.matches(LEAVING) && this.#outbox.length) this.#stay(event);
      else if (form.matches(".send-card")) this.#sendCard(form, event);
      else if (form.matches(".stack")) this.#quietly(form, event);
    });
    at("draft-answer")?.closest("details").addEventListener("toggle", () => this.#propose());
    for (const back of ["focus", "pointerdown", "keydown"]) addEventListener(back, () => this.#hear());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") for (const open of page.querySelectorAll("details.move[open]")) open.open = false;
    });
  }

  // --- writing

  #restore() {
    const { text, outbox } = this.#unsent.get();
    if (text && !this.box.value) this.box.value = text;
    for (const { key, text: words } of outbox) {
      const message = { key: String(key), text: String(words), node: drawOwn(String(words)) };
      this.#outbox.push(message);
      at("latest").before(message.node);
      this.#failed(message, "まだ送れていません。");
    }
    this.#written();
  }

  #keep() {
    this.#unsent.set(this.box.value, this.#outbox.map(({ key, text }) => ({ key, text })));
  }

  #written() {
    const used = length(this.box.value.trim());
    at("count").textContent = used < NEAR ? "" : used > MOST ? `${used - MOST}文字多すぎます` : `あと${MOST - used}文字`;
    at("count").toggleAttribute("data-over", used > MOST);
    this.#keep();
    return used;
  }

  #complain(words) {
    this.error.textContent = words;
    this.error.hidden = !words;
    if (words) this.box.setAttribute("aria-invalid", "true");
    else this.box.removeAttribute("aria-invalid");
  }

  #insert(words) {
    const [from, to] = [this.box.selectionStart, this.box.selectionEnd];
    const before = this.box.value.slice(0, from);
    const gap = before && !before.endsWith("\n") ? "\n" : "";
    this.box.setRangeText(gap + words, from, to, "end");
    this.#complain("");
    this.#written();
    this.box.focus();
  }

  // --- sending: one after the other, each until the server has it

  #submit() {
    const text = this.box.value.trim();
    const used = this.#written();
    if (!text || used > MOST) {
      this.#complain(text ? `${used - MOST}文字多すぎます。${MOST.toLocaleString("ja")}文字までに分けてください。` : "何も書かれていません。");
      this.box.focus();
      return;
    }
    const message = { key: uuid(), text, node: drawOwn(text) };
    this.#outbox.push(message);
    at("latest").before(message.node);
    this.log.scrollTop = this.log.scrollHeight;
    this.box.value = "";
    this.#complain("");
    this.#written();
    this.box.focus();
    this.#send(message);
  }

  #send(message) {
    message.node.dataset.state = "sending";
    message.node.querySelector(".at").textContent = "送っています…";
    message.node.querySelector(".again")?.remove();
    this.#sending = this.#sending.then(() => this.#attempt(message));
  }

  async #attempt(message) {
    const reply = await post(`${path}/say`, { text: message.text, key: message.key });
    if (reply.status === 200) {
      this.#done(message);
      const sequence = Number(reply.said.sequence);
      // The stream brings it as it was stored, masked; until then the echo stands for it.
      if (sequence <= this.#last) message.node.remove();
      else message.node.dataset.accepted = sequence;
      message.node.dataset.state = "sent";
      message.node.querySelector(".at").textContent = "送りました";
    } else if (reply.status === 401) {
      this.#failed(message, "まだ送れていません。");
      this.out();
    } else if (reply.status === 0 || reply.status === 408 || reply.status === 429 || reply.status >= 500) {
      this.#failed(message, "送れませんでした。");
    } else if (this.form.hidden) {
      this.#failed(message, trouble(reply)); // somebody else has the talk, or it is over: the words stay in sight
    } else {
      // It will not be taken like this: the words go back to where they were written.
      this.#done(message);
      message.node.remove();
      this.box.value = [message.text, this.box.value].filter(Boolean).join("\n");
      this.#complain(trouble(reply));
      this.#written();
      this.box.focus();
    }
  }

  #done(message) {
    this.#outbox = this.#outbox.filter((other) => other !== message);
    this.#keep();
  }

  #failed(message, words) {
    message.node.dataset.state = "failed";
    message.node.querySelector(".at").textContent = words;
    const again = el("button", { type: "button", class: "quiet" }, "もう一度送る");
    const rewrite = el("button", { type: "button", class: "quiet" }, "書き直す");
    again.addEventListener("click", () => this.#send(message));
    rewrite.addEventListener("click", () => {
      if (this.form.hidden) return this.#told("いまは書けません。");
      this.#done(message);
      message.node.remove();
      this.#insert(message.text);
    });
    message.node.querySelector(".again")?.remove();
    message.node.append(el("p", { class: "again" }, again, rewrite));
    this.#keep();
  }

  async #sendCard(form, event) {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    const reply = await post(form.action, new FormData(form));
    button.disabled = false;
    form.elements.key.value = reply.status === 0 ? form.elements.key.value : uuid();
    if (reply.status === 401) this.out();
    this.#told(reply.status === 200 ? "カードを送りました。" : trouble(reply));
    button.focus();
  }

  /** A form that changes nothing of the conversation: what becomes of it comes by the stream. */
  async #quietly(form, event) {
    event.preventDefault();
    const reply = await post(form.action, new FormData(form));
    if (reply.status === 401) this.out();
    const told = { note: "メモを残しました。", label: "分類を変えました。", draft: "知識の下書きに入れました。" };
    this.#told(reply.status === 200 ? told[form.action.split("/").at(-1)] : trouble(reply));
    if (reply.status === 200) form.querySelector("#note")?.form.reset();
  }

  /** What was last asked and answered is what goes into a draft, until somebody writes something else. */
  #propose() {
    const said = [...this.log.querySelectorAll('.message[data-author="staff"]:not([data-state="failed"]) > .text')].at(-1);
    if (!at("draft-answer").value && said) at("draft-answer").value = said.textContent;
    if (!at("draft-asked").value) at("draft-asked").value = at("asked").value.slice(0, 200);
  }

  /** Nobody ends a talk over words of their own that have not gone out. */
  #stay(event) {
    event.preventDefault();
    this.#told("まだ送れていない言葉があります。送ってから、または「書き直す」で消してから、もう一度押してください。");
    this.#outbox[0].node.scrollIntoView({ block: "center" });
  }

  #told(words) {
    this.state.textContent = words;
    clearTimeout(this.#fading);
    this.#fading = setTimeout(() => this.state.textContent === words && (this.state.textContent = ""), TOLD_MS);
  }

  // --- what comes

  take(told) {
    for (const message of told.messages) this.#place(message);
    this.#isMine = told.moves.includes("say");
    for (const node of page.querySelectorAll("[data-move]")) {
      const had = node.contains(document.activeElement);
      node.hidden = !told.moves.includes(node.dataset.move);
      if (had && node.hidden) at("title").focus();
    }
    at("replaces").textContent = told.replaces;
    at("replaces").hidden = !told.replaces;
    const written = this.form.hidden ? this.box.value.trim() : "";
    at("kept").textContent = written && `書きかけの文：${written}`;
    at("kept").hidden = !written;
    this.#stand(told);
    const drawSaid = ({ name, at: when, text }) =>
      el("li", {}, el("p", { class: "who" }, name, el("span", { class: "at" }, when)), el("p", { class: "text" }, text));
    at("notes").replaceChildren(...told.notes.map(drawSaid));
    at("history").replaceChildren(
      ...told.history.map(({ name, at: when, text }) => el("li", {}, el("span", { class: "at" }, when), `${name}：${text}`)),
    );
    this.#hear();
  }

  #stand({ line, desk }) {
    const shown = (text, name) => (text ? el(name === "alarm" ? "strong" : "span", { class: name }, text) : null);
    at("title").textContent = line.topic;
    at("standing").replaceChildren(
      ...[
        el("span", { class: "badge", "data-state": line.state }, line.standing),
        shown(desk),
        shown(line.who),
        shown(line.channel),
        shown(line.waiting),
        shown(line.label, "label"),
        shown(line.alarm, "alarm"),
      ].filter(Boolean),
    );
  }

  #place(message) {
    if (message.sequence <= this.#last) return;
    this.#last = message.sequence;
    const down = this.log.scrollHeight - this.log.clientHeight - this.log.scrollTop < 80;
    this.log.querySelector(`[data-accepted="${Number(message.sequence)}"]`)?.remove();
    const node = drawMessage(message);
    const end = this.log.querySelector(".message[data-state]") ?? at("latest");
    end.before(node);
    if (down) this.log.scrollTop = Math.min(this.log.scrollHeight, node.offsetTop - this.log.offsetTop - 8);
  }

  /** Words count as read when somebody is there to read them. */
  async #hear() {
    if (!document.hasFocus() || document.hidden) return;
    for (const field of page.querySelectorAll('input[name="heard"]')) field.value = this.#last;
    if (!this.#isMine || this.#heard >= this.#last) return;
    const heard = this.#last;
    this.#heard = heard;
    const { status } = await post(`${path}/hear`, { heard });
    if (status !== 200) this.#heard = 0; // again at the next touch
  }

  // --- suggestions

  async #search() {
    const reply = await post(`${path}/search`, new FormData(at("search")));
    if (reply.status === 200) this.suggest(reply.said, true);
    else if (reply.status === 401) this.out();
    else this.#told(trouble(reply));
  }

  suggest({ question, entries, problem }, isAsked = false) {
    const field = at("asked");
    if (!isAsked && document.activeElement === field) return; // a search of one's own is not taken away
    if (!isAsked) field.value = question;
    const none = entries.length ? null : el("p", { class: "hint" }, problem || "見つかりませんでした。別の言葉で探してください。");
    at("found").replaceChildren(
      ...[none, el("ul", { class: "found" }, ...entries.map((entry) => drawFound(entry, path, this.#isMine)))].filter(Boolean),
    );
  }

  // --- the session

  lost(is) {
    if (is) this.state.textContent = "つながっていません。書いたものは、この端末に残っています。";
    else if (this.state.textContent.startsWith("つながっていません")) this.state.textContent = "";
  }

  out() {
    const next = encodeURIComponent(path);
    at("out").replaceChildren(
      "ログインが切れました。書きかけの文は、この端末に残っています。",
      el("a", { href: `/staff/login?next=${next}` }, "ログインして続ける"),
    );
    at("out").hidden = false;
    this.log.scrollTop = this.log.scrollHeight; // what could not be sent stays in sight
  }

  gone() {
    at("out").replaceChildren("この会話は、住民が消しました。", el("a", { href: "/staff" }, "相談の一覧に戻る"));
    at("out").hidden = false;
    this.#unsent.set("", []);
    this.log.replaceChildren();
    this.form.hidden = true;
  }
}

at("messages").append(el("p", { id: "out", class: "problem", role: "alert", hidden: true }));
const alerts = new Alerts();
const talk = new Talk();
const opener = shortcuts({}, [
  ["Enter", "送る（文字の変換中は送りません）"],
  ["Ctrl Enter", "送る"],
  ["Shift Enter", "改行する"],
  ["Esc", "「引き継ぐ」を閉じる"],
]);
page.querySelector(".back").append(opener);
forgetOnLeaving();
const isEarlier = "earlier" in page.dataset; // what comes is not drawn below what was said long before
if (!isEarlier) history.replaceState(null, "", path);

new Stream(
  () => talk.address,
  {
    queue: (told) => {
      alerts.take(told);
      const others = told.groups.filter((group) => group.is_mine).reduce((sum, group) => sum + group.waits, 0);
      at("todo").textContent = `${others}人待ち`;
      at("todo").hidden = !others;
    },
    talk: (told) => isEarlier || talk.take(told),
    suggestions: (told) => talk.suggest(told),
    lost: (is) => talk.lost(is),
    out: () => talk.out(),
    gone: () => talk.gone(),
  },
  () => alerts.speaks,
);
