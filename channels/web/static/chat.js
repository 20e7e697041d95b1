/**
 * <madoguchi-chat>: the resident's chat on a web page.
 *
 *   <script type="module" src="/static/chat.js"></script>
 *   <madoguchi-chat></madoguchi-chat>
 *
 * Anything on the page with `data-madoguchi-open` opens it; `data-madoguchi-ask="…"` opens it
 * and asks. The screen is rebuilt from the server's events; only the conversation's id is kept
 * in the browser. Server data reaches the page as text nodes alone, links as http(s) and tel.
 */

import { drawAnswer, drawChoices, el } from "./answer.js";
import { WORDS } from "./words.js";

const API = "/api/conversations";
const KEPT = "madoguchi.conversation";
const LIMIT = 1000; // characters in a message
const NEAR = 900; // from here on the count is shown
const LATE_MS = 60_000; // how long 「考えています…」 may stay
const POST_MS = 15_000; // how long one attempt to send may take
const LOST_MS = 3_000; // a stream away for less than this is not worth a word
const UNSEEN_MS = 60_000; // a tab hidden for this long lets go of its stream
const FULL_SCREEN = "(max-width: 29.99rem)"; // as in chat.css

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http: no randomUUID
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Characters as the server counts them: code points. */
const length = (text) => [...text].length;

class MadoguchiChat extends HTMLElement {
  #id = null; // the conversation
  #unproved = false; // made by us, and its stream has not opened yet
  #stream = null;
  #seen = new Set(); // sequences already drawn
  #outbox = []; // messages not accepted yet, oldest first
  #echoes = new Map(); // idempotency key → the message on screen before its event has come
  #sending = false;
  #wake = () => {}; // cuts a pause between attempts short
  #waiting = 0; // questions without a reply
  #withStaff = false; // the last word was a person's
  #late = false;
  #lost = false; // the stream has been away for a while
  #trouble = ""; // why the oldest message in the outbox does not go out
  #timers = {};

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this.#build();
  }

  connectedCallback() {
    this.#on(document, "click", (event) => {
      const from = event.target.closest?.("[data-madoguchi-open], [data-madoguchi-ask]");
      if (!from) return;
      this.open();
      if (from.dataset.madoguchiAsk) this.ask(from.dataset.madoguchiAsk);
    });
    this.#on(window, "online", () => {
      this.#wake();
      if (this.#id && this.#stream?.readyState === EventSource.CLOSED) this.#connect();
    });
    this.#on(window, "storage", ({ key, newValue }) => {
      // Another tab began a new conversation: follow it.
      if (key === KEPT && newValue && newValue !== this.#id && this.#stream) this.#adopt(newValue);
      if (key === KEPT && !newValue && this.#id) this.#forget(); // deleted there
    });
    this.#on(window, "pageshow", ({ persisted }) => {
      if (persisted && this.#stream) this.#connect();
    });
    this.#on(document, "visibilitychange", () => {
      if (document.hidden) {
        // Browsers allow few streams per site (six on HTTP/1.1); events are replayed on return.
        this.#timer("unseen", UNSEEN_MS, () => this.#stream?.close());
      } else {
        this.#timer("unseen");
        if (this.#stream?.readyState === EventSource.CLOSED) this.#connect();
      }
    });
    this.#on(window.visualViewport, "resize", () => this.#fit());
    this.#on(matchMedia(FULL_SCREEN), "change", () => {
      if (this.panel.open) this.#show(); // modal on a small screen, beside the page on a large one
    });
    const linked = this.#linked();
    if (linked) {
      this.#adopt(linked);
      this.open();
    }
  }

  disconnectedCallback() {
    this.#off.abort();
    this.#off = new AbortController();
    this.#stream?.close();
    for (const name of Object.keys(this.#timers)) this.#timer(name);
  }

  #off = new AbortController();
  #on(target, type, act) {
    target?.addEventListener(type, act, { signal: this.#off.signal });
  }

  #timer(name, ms, act) {
    clearTimeout(this.#timers[name]);
    delete this.#timers[name];
    if (act) this.#timers[name] = setTimeout(act, ms);
  }

  #build() {
    this.unread = el("span", { id: "unread", hidden: true }, WORDS.unread);
    this.opener = el(
      "button",
      { id: "open", type: "button", "aria-haspopup": "dialog" },
      WORDS.open,
      this.unread,
    );
    this.heading = el("h2", { id: "title", tabindex: "-1" }, WORDS.title);
    this.closer = el("button", { id: "close", type: "button" }, WORDS.close);
    this.log = el("div", { id: "log", role: "log", "aria-live": "polite", "aria-label": WORDS.log, tabindex: "0" });
    this.status = el("p", { id: "status", role: "status" });
    this.text = el("textarea", {
      id: "text", rows: "1", autocomplete: "off", enterkeyhint: "send", "aria-describedby": "hint count error",
    });
    this.eraser = el("button", { id: "erase", type: "button", hidden: true }, WORDS.erase);
    this.error = el("p", { id: "error", role: "alert" });
    this.count = el("p", { id: "count", hidden: true });
    this.form = el(
      "form",
      { novalidate: true },
      this.error,
      el(
        "div",
        { class: "ahead" },
        el("label", { for: "text" }, WORDS.label),
        el("span", { id: "hint" }, WORDS.hint),
        this.eraser,
      ),
      el("div", { class: "write" }, this.text, el("button", { id: "send", type: "submit" }, WORDS.send)),
      this.count,
    );
    this.panel = el(
      "dialog",
      { id: "panel", role: "dialog", "aria-labelledby": "title", "aria-describedby": "about" },
      el("div", { class: "head" }, el("div", {}, this.heading, el("p", { id: "about" }, WORDS.about)), this.closer),
      this.log,
      this.status,
      this.form,
    );
    this.#greet();
    const keep = el("button", { type: "button", class: "keep", autofocus: true }, WORDS.keepTalk);
    const erase = el("button", { type: "button", class: "erase" }, WORDS.doErase);
    this.sure = el(
      "dialog",
      { id: "sure", "aria-labelledby": "sure-title", "aria-describedby": "sure-why" },
      el("h2", { id: "sure-title" }, WORDS.sure),
      el("p", { id: "sure-why" }, WORDS.sureWhy),
      el("div", { class: "either" }, keep, erase),
    );
    this.eraser.addEventListener("click", () => this.sure.showModal());
    keep.addEventListener("click", () => this.sure.close());
    erase.addEventListener("click", () => {
      this.sure.close();
      this.#erase();
    });

    this.opener.addEventListener("click", () => this.open());
    this.closer.addEventListener("click", () => this.close());
    this.panel.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229) {
        event.preventDefault();
        this.close();
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

    // Nothing is shown before its style is there (or is known not to come).
    const style = el("link", { rel: "stylesheet", href: new URL("chat.css", import.meta.url).href });
    const frame = el("aside", { "aria-label": WORDS.title, hidden: true }, this.opener, this.panel, this.sure);
    const show = () => (frame.hidden = false);
    style.addEventListener("load", show);
    style.addEventListener("error", show);
    this.shadowRoot.append(style, frame);
  }

  #greet() {
    const first = WORDS.first.map((says) => ({ label: says, says }));
    this.log.append(
      el(
        "div",
        { class: "answer greeting", "data-kind": "talk" },
        el("p", { class: "who" }, WORDS.bot),
        el("p", { class: "text" }, WORDS.greeting),
        el("p", { class: "care" }, WORDS.care),
        el("p", {}, WORDS.start),
        drawChoices(first, (says) => this.ask(says), "choices first"),
      ),
    );
  }

  // --- opening and closing

  open() {
    if (!this.panel.open) {
      this.#show();
      this.opener.hidden = true;
      this.unread.hidden = true;
    }
    // On a phone the keyboard would hide the greeting, so there the heading is focused.
    (matchMedia(`${FULL_SCREEN}, (pointer: coarse)`).matches ? this.heading : this.text).focus();
    this.#scroll(this.log.lastElementChild);
    if (!this.#stream) {
      const kept = this.#kept();
      if (kept) this.#adopt(kept);
    }
  }

  close() {
    if (!this.panel.open) return;
    this.panel.close();
    this.opener.hidden = false;
    this.opener.focus();
  }

  #show() {
    const { panel } = this;
    const focused = this.shadowRoot.activeElement;
    if (panel.open) panel.close();
    if (matchMedia(FULL_SCREEN).matches) panel.showModal();
    else panel.show();
    this.#fit();
    if (panel.contains(focused)) focused.focus();
  }

  /** iOS lays its keyboard over the page: keep the writing place above it. */
  #fit() {
    const seen = window.visualViewport;
    if (seen && seen.scale === 1) this.panel.style.setProperty("--seen-height", `${seen.height}px`);
  }

  // --- writing

  #measure() {
    const used = length(this.text.value.trim());
    const over = used > LIMIT;
    this.count.hidden = used < NEAR;
    this.count.toggleAttribute("data-over", over);
    this.count.textContent = over ? WORDS.used(used) : WORDS.left(LIMIT - used);
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
      this.#complain(text ? WORDS.over(over, LIMIT) : WORDS.empty);
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

  async #call(method, path, body, headers = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), POST_MS);
    try {
      const response = await fetch(API + path, {
        method,
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify(body),
        signal: stop.signal,
      });
      const said = await response.json().catch(() => ({}));
      const after = Number.parseInt(response.headers.get("Retry-After"), 10);
      return { status: response.status, said, after: after > 0 ? after : 0 };
    } catch {
      return { status: 0, said: {}, after: 0 };
    } finally {
      clearTimeout(timer);
    }
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
    const reply = await this.#call("POST", `/${id}/messages`, { text: message.text }, { "Idempotency-Key": message.key });
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
      this.#trouble = status === 429 ? WORDS.busy(seconds) : WORDS.resend;
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
    this.#complain(status === 401 || status === 404 ? WORDS.refused : words || WORDS.failed);
    this.#tell();
    return null;
  }

  // --- the conversation

  #kept() {
    try {
      const id = localStorage.getItem(KEPT);
      return /^[0-9a-f-]{36}$/i.test(id ?? "") ? id : null;
    } catch {
      return null; // storage forbidden: the conversation lasts as long as the page
    }
  }

  /** The talk that began on LINE and goes on here: its id is in the address, once. */
  #linked() {
    const id = location.hash.match(/^#conversation=([0-9a-f-]{36})$/i)?.[1];
    if (!id) return null;
    history.replaceState(null, "", location.pathname);
    try {
      localStorage.setItem(KEPT, id);
    } catch { /* see #kept */ }
    return id;
  }

  /** Make a conversation, unless another tab has already replaced the dead one. */
  async #begin(dead) {
    const make = async () => {
      const kept = this.#kept();
      if (kept && kept !== dead) {
        this.#adopt(kept);
        return {};
      }
      if (dead && this.#id && this.#id !== dead) return {}; // done meanwhile in this tab
      const reply = await this.#call("POST", "", {});
      const id = reply.said.conversation;
      if (reply.status === 201 && typeof id === "string") {
        this.#unproved = true;
        try {
          localStorage.setItem(KEPT, id);
        } catch { /* see #kept */ }
        this.#adopt(id);
      } else if (reply.status < 400) {
        reply.status = 500; // not our server speaking
      }
      return reply;
    };
    return navigator.locks ? navigator.locks.request(KEPT, make) : make();
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
    const { status } = await this.#call("DELETE", `/${id}`);
    this.panel.inert = false;
    this.text.focus();
    if (id !== this.#id) return;
    if (status !== 204 && status !== 404) {
      this.#complain(WORDS.notErased);
      return;
    }
    try {
      if (localStorage.getItem(KEPT) === id) localStorage.removeItem(KEPT);
    } catch { /* see #kept */ }
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
    this.unread.hidden = true;
    this.log.removeAttribute("aria-busy");
    this.log.replaceChildren();
    this.#greet();
    this.log.append(el("p", { class: "system" }, WORDS.erased));
    this.#complain("");
    this.#tell();
  }

  #connect() {
    this.eraser.hidden = false;
    this.#stream?.close();
    const id = this.#id;
    const stream = new EventSource(`${API}/${id}/events`);
    this.#stream = stream;
    // What was said before is not read out again.
    if (!this.#seen.size) this.log.setAttribute("aria-busy", "true");
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
      if (!this.#timers.lost) {
        this.#timer("lost", LOST_MS, () => {
          this.#lost = true;
          this.#tell();
        });
      }
      if (stream.readyState === EventSource.CLOSED) this.#revive(id);
    });
  }

  /**
   * A closed stream does not tell why: the conversation may be gone (401, 404), or the server
   * only away for a moment (502 while it starts again). Only the first asks for a new one.
   */
  async #revive(id) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), POST_MS);
    let status = 0;
    try {
      status = (await fetch(`${API}/${id}/events`, { signal: stop.signal, cache: "no-store" })).status;
    } catch { /* away */ }
    clearTimeout(timer);
    stop.abort();
    if (id !== this.#id) return;
    if ([401, 403, 404, 410].includes(status)) {
      if (this.#unproved) {
        // Even the one just made is not ours: cookies are off. Making more would not help.
        this.#timer("lost");
        this.#lost = false;
        this.#complain(WORDS.refused);
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
      this.#answered(body.kind === "handoff" ? 0 : this.#waiting - 1, false);
    } else if (author === "staff") {
      node = el("div", { class: "staff" }, el("p", { class: "who" }, WORDS.staff), el("p", { class: "text" }, String(body.text ?? "")));
      this.#answered(0, true);
    } else if (typeof body.text === "string" && body.text) {
      node = el("p", { class: "system" }, body.text);
    }
    if (!node) return;
    node.dataset.sequence = sequence;
    this.#place(node);
    if (author !== "resident" && !this.panel.open) this.unread.hidden = false;
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
    if (this.panel.open && node) {
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
          ? this.#withStaff ? ["staff", WORDS.withStaff] : ["thinking", WORDS.thinking]
          : this.#late ? ["late", this.#withStaff ? WORDS.withStaff : WORDS.late] : ["", ""];
    if (this.status.textContent === words && this.status.dataset.state === state) return;
    const down = this.log.scrollHeight - this.log.clientHeight - this.log.scrollTop < 64;
    this.status.dataset.state = state;
    this.status.textContent = words;
    if (down) this.log.scrollTop = this.log.scrollHeight;
  }
}

if (!customElements.get("madoguchi-chat")) customElements.define("madoguchi-chat", MadoguchiChat);
