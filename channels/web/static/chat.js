/**
 * The chat, as a page of its own (/chat) or in the frame that a page of the city opens (/frame).
 *
 * The screen is rebuilt from the server's events; only the conversation's id and the settings are
 * kept in the browser. Server data reaches the page as text nodes alone, links as http(s) and tel.
 */

import { drawAnswer, drawBeside, drawChoices } from "./answer.js";
import { call, exportOf, statusOfStream, streamOf, summaryOf, uuid } from "./api.js";
import { el } from "./dom.js";
import { isFramed, isShown, listen, tell } from "./host.js";
import {
  CONVERSATION, begunConversation, forgetConversation, keepConversation, keptConversation, linkedConversation,
} from "./kept.js";
import { Settings } from "./settings.js";
import { canHear, listenOnce, stopReading } from "./speech.js";
import { Tools } from "./tools.js";
import { BEGUN, FIRST, LIMIT, TOPICS, WORDS, fill } from "./words.js";

const NEAR = LIMIT - 100; // characters from which on the count is shown
const LATE_MS = 60_000; // how long 「考えています…」 may stay
const LOST_MS = 3_000; // a stream away for less than this is not worth a word
const SILENT_MS = 40_000; // the server's stream beats every 15 seconds: without a beat it is dead, whatever the browser thinks
const UNSEEN_MS = 60_000; // a tab hidden for this long lets go of its stream

/** Characters as the server counts them: code points. */
const length = (text) => [...text].length;

class Chat {
  #id = null; // the conversation
  #unproved = false; // made by us, and its stream has not opened yet
  #stream = null;
  #seen = new Set(); // sequences already drawn
  #outbox = []; // messages not accepted yet, oldest first
  #echoes = new Map(); // idempotency key → the message on screen before its event has come
  #sending = false;
  #wake = () => {}; // cuts a pause between attempts short
  #waiting = 0; // questions without a reply
  #withStaff = false; // a person has the talk
  #late = false;
  #lost = false; // the stream has been away for a while
  #trouble = ""; // why the oldest message in the outbox does not go out
  #timers = {};

  constructor() {
    this.settings = new Settings((now) => this.#show(now));
    this.tools = new Tools({ ask: (text) => this.ask(text), id: () => this.#id });
    const typed = document.getElementById("text")?.value ?? ""; // into the page's form, before this script ran
    this.#build();
    this.text.value = typed;
    this.#measure();
    this.#show(this.settings.now);
    this.#watch();
    const known = linkedConversation() ?? begunConversation(BEGUN) ?? keptConversation();
    if (known) this.#adopt(known);
    listen({ open: () => this.#opened(), ask: (text) => this.ask(text) });
    if (!isFramed) this.#opened();
  }

  #watch() {
    addEventListener("online", () => {
      this.#wake();
      if (this.#id && this.#stream?.readyState !== EventSource.OPEN) this.#connect();
    });
    addEventListener("offline", () => {
      if (this.#id) this.#connect(); // an open stream may not notice; a new one fails, and tells
    });
    addEventListener("storage", ({ key, newValue }) => {
      // Another tab began a new conversation: follow it.
      if (key === CONVERSATION && newValue && newValue !== this.#id) this.#adopt(newValue);
      if (key === CONVERSATION && !newValue && this.#id) this.#forget(); // deleted there
    });
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted && this.#stream) this.#connect();
    });
    addEventListener("pagehide", stopReading);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        // Browsers allow few streams per site (six on HTTP/1.1); events are replayed on return.
        this.#timer("unseen", UNSEEN_MS, () => this.#stream?.close());
      } else {
        this.#timer("unseen");
        if (this.#stream?.readyState === EventSource.CLOSED) this.#connect();
      }
    });
  }

  #timer(name, ms, act) {
    clearTimeout(this.#timers[name]);
    delete this.#timers[name];
    if (act) this.#timers[name] = setTimeout(act, ms);
  }

  #build() {
    const button = (id, label, more) => el("button", { id, type: "button", ...more }, label);
    this.heading = el("h1", { id: "title", tabindex: "-1" }, WORDS.title);
    this.larger = button("larger", WORDS.larger);
    this.setter = button("set", WORDS.settings, { "aria-haspopup": "dialog" });
    this.closer = button("close", WORDS.close, { hidden: !isFramed });
    this.log = el("div", { id: "log", role: "log", "aria-live": "polite", "aria-label": WORDS.log, tabindex: "0" });
    this.status = el("p", { id: "status", role: "status" });
    this.text = el("textarea", {
      id: "text", rows: "1", autocomplete: "off", enterkeyhint: "send", "aria-describedby": "hint count error",
    });
    this.eraser = button("erase", WORDS.erase, { hidden: true, "aria-haspopup": "dialog" });
    this.speaker = button("speak", WORDS.speak, { "aria-pressed": "false" });
    this.error = el("p", { id: "error", role: "alert" });
    this.count = el("p", { id: "count", hidden: true });
    this.form = el(
      "form",
      { class: "writing", novalidate: true },
      this.error,
      el("div", { class: "ahead" }, el("label", { for: "text" }, WORDS.label), el("span", { id: "hint" }, WORDS.hint), this.eraser),
      el("div", { class: "write" }, this.text, this.speaker, el("button", { id: "send", type: "submit" }, WORDS.send)),
      this.count,
    );
    this.panel = el(
      "main",
      { id: "chat" },
      el(
        "div",
        { class: "head" },
        el("div", {}, this.heading, el("p", { id: "about" }, WORDS.about)),
        el("div", { class: "controls" }, this.larger, this.setter, this.closer),
      ),
      this.log,
      this.status,
      this.form,
    );
    this.#greet();
    this.#buildSure();

    this.larger.addEventListener("click", () => this.settings.enlarge());
    this.setter.addEventListener("click", () => this.settings.show());
    this.closer.addEventListener("click", () => tell("close"));
    this.speaker.addEventListener("click", () => this.#listen());
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229) {
        event.preventDefault();
        tell("close");
      }
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.text.addEventListener("keydown", (event) => {
      // Enter that ends a kana-kanji conversion is not a wish to send; Safari marks it by 229 only.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#submit();
    });
    this.text.addEventListener("input", () => {
      this.#complain("");
      this.#measure();
    });
    document.body.replaceChildren(this.panel, this.sure, this.settings.dialog);
  }

  #buildSure() {
    const keep = el("button", { type: "button", class: "keep" }, WORDS.keep_talk);
    const erase = el("button", { type: "button", class: "erase" }, WORDS.do_erase);
    const save = el("a", { download: "" }, WORDS.save);
    this.sure = el(
      "dialog",
      { id: "sure", "aria-labelledby": "sure-title", "aria-describedby": "sure-why" },
      el("h2", { id: "sure-title" }, WORDS.sure),
      el("p", { id: "sure-why" }, WORDS.sure_why),
      el("p", {}, save),
      el("div", { class: "either" }, keep, erase),
    );
    this.eraser.addEventListener("click", () => {
      save.href = exportOf(this.#id);
      this.sure.showModal();
      keep.focus(); // the autofocus attribute is refused in a frame of another origin
    });
    keep.addEventListener("click", () => this.sure.close());
    erase.addEventListener("click", () => {
      this.sure.close();
      this.#erase();
    });
  }

  #greet() {
    const asks = (words) => words.map((says) => ({ label: says, says }));
    const draw = (words) => drawChoices(asks(words), (says) => this.ask(says), "choices first");
    this.log.append(
      el(
        "div",
        { class: "answer greeting", "data-kind": "talk" },
        el("p", { class: "who" }, WORDS.bot),
        el("p", { class: "text" }, WORDS.greeting),
        el("p", { class: "care" }, WORDS.care),
        el("p", { class: "kept" }, WORDS.kept),
        TOPICS.length ? el("p", {}, WORDS.on_this_page) : null,
        draw(TOPICS),
        el("p", {}, WORDS.start),
        draw(FIRST),
        el("p", { class: "policy" }, el("a", { href: "/accessibility", target: "_blank", rel: "noopener" }, WORDS.policy)),
      ),
    );
  }

  /** The settings are others. */
  #show({ size, voice, furigana, aloud }) {
    this.larger.setAttribute("aria-label", `${WORDS.larger}（${WORDS.size}：${WORDS.sizes[size]}）`);
    this.speaker.hidden = !(canHear && voice);
    this.tools.always({ furigana, aloud });
    this.#scroll(this.log.lastElementChild); // larger letters move what is being read out of sight
  }

  /** Somebody looks at it now. */
  #opened() {
    // On a phone the keyboard would hide the greeting, so there the heading is focused.
    (matchMedia("(pointer: coarse)").matches ? this.heading : this.text).focus();
    this.#scroll(this.log.lastElementChild);
  }

  #listen() {
    this.#complain("");
    this.speaker.disabled = true;
    this.status.dataset.state = "listening";
    this.status.textContent = WORDS.listening;
    listenOnce(
      (words) => {
        this.text.value = [this.text.value, words].filter(Boolean).join(" ");
        this.#measure();
      },
      (found) => {
        this.speaker.disabled = false;
        this.status.textContent = "";
        this.#tell();
        if (!found) this.#complain(WORDS.not_heard);
        this.text.focus();
      },
    );
  }

  // --- writing

  /** No cookie, no conversation. In a frame another window may still have one. */
  #refused() {
    this.#complain(WORDS.refused);
    if (isFramed) this.error.append(" ", el("a", { href: "/chat", target: "_blank", rel: "noopener" }, WORDS.full_page));
  }

  #measure() {
    const used = length(this.text.value.trim());
    const over = used > LIMIT;
    this.count.hidden = used < NEAR;
    this.count.toggleAttribute("data-over", over);
    this.count.textContent = over ? fill(WORDS.used, { count: used }) : fill(WORDS.left, { count: LIMIT - used });
    return Math.max(0, used - LIMIT);
  }

  #complain(message) {
    this.error.textContent = message;
    if (message) this.text.setAttribute("aria-invalid", "true");
    else this.text.removeAttribute("aria-invalid");
  }

  #submit() {
    const text = this.text.value.trim();
    const over = this.#measure();
    if (!text || over) {
      this.#complain(text ? fill(WORDS.over, { count: over, limit: LIMIT }) : WORDS.empty);
      this.text.focus();
      return;
    }
    this.text.value = "";
    this.#measure();
    this.ask(text);
    // A phone's keyboard makes room for the answer.
    matchMedia("(pointer: coarse)").matches ? this.text.blur() : this.text.focus();
  }

  /** Say something for the resident. */
  ask(text) {
    this.#complain("");
    const key = uuid();
    const node = this.#drawSaid(text);
    node.dataset.state = "new";
    this.#place(node);
    this.#echoes.set(key, node);
    this.#outbox.push({ key, text, node, moved: false });
    this.#startWaiting(1);
    this.#drain();
  }

  #drawSaid(text) {
    return el(
      "div",
      { class: "said" },
      el("span", { class: "quiet" }, `${WORDS.you}：`),
      el("p", { class: "text" }, text),
      el("p", { class: "state", hidden: true }),
    );
  }

  #mark(node, state) {
    const line = node.querySelector(".state");
    node.dataset.state = state;
    line.hidden = state === "sent";
    line.textContent = { sending: WORDS.sending, retry: WORDS.unsent, sent: "" }[state];
  }

  // --- sending: one message at a time, in order, until the server has it

  async #drain() {
    if (this.#sending) return;
    this.#sending = true;
    let tries = 0;
    while (this.#outbox.length) {
      const message = this.#outbox[0];
      this.#timer("slow", 800, () => this.#mark(message.node, "sending"));
      const pause = await this.#attempt(message);
      this.#timer("slow");
      if (pause === null) {
        this.#outbox = this.#outbox.filter((other) => other !== message); // the conversation may be deleted
        tries = 0;
        continue;
      }
      tries += 1;
      this.#mark(message.node, "retry");
      this.#scroll(message.node);
      const seconds = pause || Math.min(2 ** (tries - 1), 30) * (0.75 + Math.random() / 2);
      await this.#pause(seconds * 1000);
    }
    this.#sending = false;
  }

  #pause(ms) {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, ms);
    });
  }

  /**
   * Try to send. null: done with this message (accepted, or given back to the writer);
   * a number: try again after so many seconds (0: after the usual, growing, pause).
   */
  async #attempt(message) {
    if (!this.#id) {
      const made = await this.#begin(null);
      if (!this.#id) return this.#failed(message, made);
    }
    const id = this.#id;
    const reply = await call("POST", `/${id}/messages`, { text: message.text }, { "Idempotency-Key": message.key });
    if (reply.status === 202 || reply.status === 200) {
      this.#accepted(message, reply.said.sequence);
      return null;
    }
    if (!this.#outbox.includes(message)) return null; // deleted meanwhile
    if ((reply.status === 401 || reply.status === 404) && !message.moved) {
      message.moved = true;
      const made = await this.#begin(id);
      return this.#id && this.#id !== id ? this.#attempt(message) : this.#failed(message, made);
    }
    return this.#failed(message, reply);
  }

  #accepted(message, sequence) {
    this.#mark(message.node, "sent");
    const twin = this.log.querySelector(`[data-sequence="${Number(sequence)}"]`);
    if (twin && twin !== message.node) {
      // Its event came first, and could not be matched by the key.
      message.node.remove();
      this.#echoes.delete(message.key);
      this.#waiting = Math.max(0, this.#waiting - 1); // counted twice
    } else {
      message.node.dataset.accepted = sequence;
    }
    this.#trouble = "";
    if (this.#waiting) this.#startWaiting();
    else this.#tell();
    // The stream may have been given up while the server was away.
    if (this.#stream?.readyState === EventSource.CLOSED) this.#connect();
  }

  #failed(message, { status, said, after }) {
    const words = typeof said?.error?.message === "string" ? said.error.message : "";
    if (status === 0 || status === 408 || status === 429 || status >= 500) {
      const seconds = after || (status === 429 ? 10 : 0);
      this.#trouble = status === 429 ? fill(WORDS.busy, { seconds }) : WORDS.resend;
      this.#timer("late"); // nobody is thinking about it yet
      this.#tell();
      return seconds;
    }
    // The server will not take it like this: the words go back to where they were written.
    message.node.remove();
    this.#echoes.delete(message.key);
    this.#waiting = Math.max(0, this.#waiting - 1);
    this.#trouble = "";
    this.text.value = [message.text, this.text.value].filter(Boolean).join("\n");
    this.#measure();
    if (status === 401 || status === 404) this.#refused();
    else this.#complain(words || WORDS.failed);
    this.#tell();
    return null;
  }

  // --- the conversation

  /** Make a conversation, unless another tab has already replaced the dead one. */
  async #begin(dead) {
    const make = async () => {
      const kept = keptConversation();
      if (kept && kept !== dead) {
        this.#adopt(kept);
        return {};
      }
      if (dead && this.#id && this.#id !== dead) return {}; // done meanwhile in this tab
      const reply = await call("POST", "", {});
      const id = reply.said.conversation;
      if (reply.status === 201 && typeof id === "string") {
        this.#unproved = true;
        keepConversation(id);
        this.#adopt(id);
      } else if (reply.status < 400) {
        reply.status = 500; // not our server speaking
      }
      return reply;
    };
    try {
      return await navigator.locks.request(CONVERSATION, make);
    } catch {
      return make(); // no locks: plain http, or a frame without storage, which shares it with no tab
    }
  }

  #adopt(id) {
    if (this.#id && this.#id !== id) {
      // Sequences start again: forget the old ones, keep what is on the screen.
      const old = this.log.querySelectorAll("[data-sequence], [data-accepted]");
      for (const node of old) {
        delete node.dataset.sequence;
        delete node.dataset.accepted;
      }
      if (old.length) old[old.length - 1].after(el("p", { class: "system" }, WORDS.ended));
      this.#seen.clear();
      this.#withStaff = false;
    }
    this.#id = id;
    this.#connect();
  }

  async #erase() {
    const id = this.#id;
    if (!id) return;
    this.panel.inert = true; // what is written meanwhile would be deleted unseen
    const { status } = await call("DELETE", `/${id}`);
    this.panel.inert = false;
    this.text.focus();
    if (id !== this.#id) return;
    if (status !== 204 && status !== 404) {
      this.#complain(WORDS.not_erased);
      return;
    }
    forgetConversation(id);
    this.#forget();
  }

  /** Nothing of the conversation stays on the screen. */
  #forget() {
    this.#stream?.close();
    this.#stream = this.#id = null;
    this.#seen.clear();
    this.#echoes.clear();
    this.#outbox = [];
    this.#waiting = 0;
    this.#withStaff = this.#late = this.#lost = false;
    this.#trouble = "";
    for (const name of Object.keys(this.#timers)) this.#timer(name);
    this.eraser.hidden = true;
    stopReading();
    this.log.removeAttribute("aria-busy");
    this.log.replaceChildren();
    this.#greet();
    this.log.append(el("p", { class: "system" }, WORDS.erased));
    this.log.scrollTop = 0;
    this.#complain("");
    this.#tell();
  }

  #connect() {
    this.eraser.hidden = false;
    this.#stream?.close();
    const id = this.#id;
    const stream = new EventSource(streamOf(id));
    this.#stream = stream;
    // What was said before is not read out again.
    if (!this.#seen.size) this.log.setAttribute("aria-busy", "true");
    this.#startLosing();
    this.#beat();
    stream.addEventListener("beat", () => this.#beat());
    stream.addEventListener("open", () => {
      this.#unproved = false;
      this.#lost = false;
      this.#timer("lost");
      this.#timer("busy", 500, () => this.log.removeAttribute("aria-busy"));
      this.#tell();
    });
    stream.addEventListener("message", (message) => this.#receive(message, id));
    stream.addEventListener("error", () => {
      if (stream !== this.#stream) return;
      this.log.removeAttribute("aria-busy");
      this.#startLosing();
      if (stream.readyState === EventSource.CLOSED) this.#revive(id);
    });
  }

  /** The stream is alive. */
  #beat() {
    this.#timer("silent", SILENT_MS, () => (document.hidden ? this.#stream?.close() : this.#connect()));
  }

  #startLosing() {
    if (this.#timers.lost) return;
    this.#timer("lost", LOST_MS, () => {
      this.#lost = true;
      this.#tell();
    });
  }

  /**
   * A closed stream does not tell why: the conversation may be gone (401, 404), or the server
   * only away for a moment (502 while it starts again). Only the first asks for a new one.
   */
  async #revive(id) {
    const status = await statusOfStream(id);
    if (id !== this.#id) return;
    if ([401, 403, 404, 410].includes(status)) {
      if (this.#unproved) {
        // Even the one just made is not ours: cookies are off. Making more would not help.
        this.#timer("lost");
        this.#timer("silent");
        this.#lost = false;
        this.#refused();
        return;
      }
      await this.#begin(id);
    }
    this.#timer("revive", status === 200 ? 500 : 3_000 + Math.random() * 4_000, () => {
      if (id === this.#id && this.#stream?.readyState === EventSource.CLOSED && !document.hidden) this.#connect();
    });
  }

  // --- receiving

  #receive({ data }, id) {
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return;
    }
    const { sequence, author, body } = event;
    if (id !== this.#id || typeof sequence !== "number" || !body || this.#seen.has(sequence)) return;
    this.#seen.add(sequence);

    let node;
    if (author === "resident") {
      node = this.#receiveSaid(event);
    } else if (author === "bot") {
      node = drawAnswer(body, (says) => this.ask(says));
      this.tools.add(node, body, sequence, !this.log.hasAttribute("aria-busy"));
      this.#answered(body.kind === "handoff" ? 0 : this.#waiting - 1, false);
    } else if (author === "staff") {
      const who = [WORDS.staff, body.desk, body.name].filter(Boolean).join(" ");
      node = el("div", { class: "staff" }, el("p", { class: "who" }, who), el("p", { class: "text" }, String(body.text ?? "")), ...this.#beside(body));
      this.#answered(0, true);
    } else if (typeof body.text === "string" && body.text) {
      node = el("div", { class: "system" }, body.answer ? null : el("p", { class: "text" }, body.text), ...this.#beside(body));
      if (body.handoff) this.#answered(this.#withStaff ? 0 : this.#waiting, body.handoff.state === "claimed");
    }
    if (!node) return;
    node.dataset.sequence = sequence;
    this.#place(node);
    if (author !== "resident" && !isShown()) tell("unread");
  }

  #beside(body) {
    return drawBeside(body, (says) => this.ask(says), new URL(summaryOf(this.#id), location.href).href);
  }

  /** The resident's own words come back (masked): they take the place of the echo. */
  #receiveSaid({ sequence, body, created_at: at }) {
    const text = String(body.text ?? "");
    if (!text) return null; // a sticker or a photo on LINE: its answer tells
    const accepted = this.log.querySelector(`[data-accepted="${sequence}"]`);
    const node = this.#echoes.get(body.key) ?? accepted;
    this.#echoes.delete(body.key);
    if (!node) {
      // Said in another tab, or before a reload: there may still be a reply to come.
      const age = Date.now() - Date.parse(at);
      if (age < LATE_MS) {
        this.#startWaiting(1);
      }
      const said = this.#drawSaid(text);
      said.dataset.state = "sent";
      return said;
    }
    delete node.dataset.accepted;
    node.querySelector(".text").textContent = text;
    this.#mark(node, "sent");
    return node;
  }

  #answered(waiting, byStaff) {
    this.#waiting = Math.max(0, waiting);
    this.#withStaff = byStaff;
    this.#late = false;
    if (this.#waiting) this.#startWaiting();
    else this.#timer("late");
    this.#tell();
  }

  #startWaiting(more = 0) {
    // A person's one reply is for all that was said to them; the bot replies to each question.
    this.#waiting = this.#withStaff ? 1 : this.#waiting + more;
    this.#late = false;
    this.#timer("late", LATE_MS, () => {
      this.#waiting = 0;
      this.#late = true;
      this.#tell();
    });
    this.#tell();
  }

  /** Put a message where its sequence belongs; echoes without one stay at the end. */
  #place(node) {
    const sequence = Number(node.dataset.sequence ?? Infinity);
    let before = null;
    for (let other = this.log.lastElementChild; other; other = other.previousElementSibling) {
      if (other === node) continue;
      const theirs = other.dataset.sequence ?? (this.#isEcho(other) ? Infinity : -1);
      if (Number(theirs) <= sequence) break;
      before = other;
    }
    if (!node.isConnected || node.nextElementSibling !== before) this.log.insertBefore(node, before);
    this.#scroll(node);
  }

  #isEcho(node) {
    return [...this.#echoes.values()].includes(node);
  }

  /** To the end, but never past the first line of what has just come. */
  #scroll(node) {
    if (node) {
      this.log.scrollTop = Math.min(this.log.scrollHeight - this.log.clientHeight, Math.max(0, node.offsetTop - 12));
    }
  }

  /** One line about what is going on; the most important thing wins. */
  #tell() {
    const [state, words] = this.#trouble
      ? ["error", this.#trouble]
      : this.#lost
        ? ["error", WORDS.reconnect]
        : this.#waiting
          ? this.#withStaff ? ["staff", WORDS.with_staff] : ["thinking", WORDS.thinking]
          : this.#late ? ["late", this.#withStaff ? WORDS.with_staff : WORDS.late]
            : this.#withStaff ? ["staff", WORDS.staffed] : ["", ""];
    if (this.status.textContent === words && this.status.dataset.state === state) return;
    const down = this.log.scrollHeight - this.log.clientHeight - this.log.scrollTop < 64;
    this.status.dataset.state = state;
    this.status.textContent = words;
    if (down) this.log.scrollTop = this.log.scrollHeight;
  }
}

new Chat();
