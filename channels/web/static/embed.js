/**
 * <madoguchi-chat>: the round button on a page of the city, and the frame that it opens.
 *
 *   <script src="https://…/embed.js" defer></script>
 *
 *   data-position="left"            the button's corner; else right
 *   data-color="#115a36"            the button's colour, if white can be read on it
 *   data-first="転入届、印鑑登録"     first questions, up to four
 *
 * On the page `data-madoguchi-open` opens it, `data-madoguchi-ask="…"` opens it and asks. All else
 * happens in a frame of the bot's own origin: neither side reaches into the other but by the few
 * words of `receive` here and in host.js. The page needs the bot's origin in `script-src` and
 * `frame-src` of its Content-Security-Policy, nothing more.
 */
(() => {
  "use strict";
  const script = document.currentScript;
  const ORIGIN = new URL(script.src).origin;
  const WORDS = { open: "質問する", title: "まどぐち（チャット）", unread: "新しい返事" };
  const FULL_SCREEN = "(max-width: 29.99rem)"; // on phones, and pages enlarged as much: the whole screen
  const CONTRAST = 4.5; // WCAG 1.4.3

  const CSS = `
    :host { all: initial; }
    [hidden] { display: none !important; }
    #open { position: fixed; bottom: 1rem; z-index: 2147483000; box-sizing: border-box;
      width: 6.25rem; height: 6.25rem; padding: 0; border: .1875rem solid #fff; border-radius: 50%; cursor: pointer;
      color: #fff; background: var(--color); box-shadow: 0 .25rem 1rem rgb(0 0 0 / .3); touch-action: manipulation;
      font: bold 1.0625rem/1.3 "BIZ UDPGothic", "Hiragino Sans", "Noto Sans JP", Meiryo, sans-serif; }
    #open:hover { filter: brightness(.85); }
    #open:focus-visible { outline: .1875rem solid #ffd43d; outline-offset: 0; box-shadow: 0 0 0 .375rem #1a1a1a; }
    #open svg { display: block; width: 2rem; height: 2rem; margin: 0 auto .125rem; fill: #fff; }
    #unread { position: absolute; bottom: 100%; margin-bottom: .375rem; width: max-content; padding: .125rem .75rem;
      border-radius: 1rem; background: #ce0000; color: #fff; }
    #panel { position: fixed; inset: auto auto 1rem auto; z-index: 2147483001; box-sizing: border-box; margin: 0; padding: 0;
      width: min(25rem, 100vw - 2rem); max-width: none; height: min(46rem, 100vh - 2rem); height: min(46rem, 100dvh - 2rem);
      max-height: none; overflow: hidden; border: .0625rem solid #4d4d4d; border-radius: .875rem; background: #fff;
      box-shadow: 0 .5rem 2rem rgb(0 0 0 / .3); }
    .right #open, .right #panel { right: 1rem; } .right #unread { right: 0; }
    .left #open, .left #panel { left: 1rem; } .left #unread { left: 0; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    @media ${FULL_SCREEN} {
      .right #panel, .left #panel { inset: 0 0 auto; width: 100%; height: 100vh; height: var(--seen-height, 100dvh); border: 0; border-radius: 0; }
    }
    @media (forced-colors: active) { #open { border-color: ButtonText; } }
    @media print { :host { display: none; } }`;

  /** How well white can be read on a colour like #115a36: 1 to 21. */
  function contrastWithWhite(color) {
    const [, ...parts] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color) ?? [];
    if (!parts.length) return 0;
    const [r, g, b] = parts.map((hex) => {
      const part = Number.parseInt(hex, 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
  }

  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  function bubble() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", "M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 4.5V17H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z");
    svg.append(path);
    return svg;
  }

  class MadoguchiChat extends HTMLElement {
    /** Whether white can be read on a colour, so that it may be the button's. */
    static isReadable = (color) => contrastWithWhite(color) >= CONTRAST;

    #frame = null; // made when first opened: until then the page loads nothing of the chat
    #ready = false;
    #asks = []; // what is to be asked once the frame listens
    #off = new AbortController();

    constructor() {
      super();
      const sheet = new CSSStyleSheet(); // a page's style-src does not forbid these
      sheet.replaceSync(CSS);
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      this.unread = make("span", { id: "unread", hidden: "" }, WORDS.unread);
      this.opener = make("button", { id: "open", type: "button", "aria-haspopup": "dialog" }, bubble(), WORDS.open, this.unread);
      this.panel = make("dialog", { id: "panel", "aria-label": WORDS.title });
      this.corner = make("aside", { "aria-label": WORDS.title }, this.opener, this.panel);
      root.append(this.corner);
      this.opener.addEventListener("click", () => this.open());
      this.panel.addEventListener("cancel", (event) => {
        event.preventDefault();
        this.close();
      });
    }

    connectedCallback() {
      const { position, color } = this.dataset;
      this.corner.className = position === "left" ? "left" : "right";
      const readable = MadoguchiChat.isReadable(color ?? "");
      if (color && !readable) console.warn(`まどぐち: data-color="${color}" は白い文字が読みにくいため使いません。`);
      this.corner.style.setProperty("--color", readable ? color : "#115a36");
      const on = (target, type, act) => target?.addEventListener(type, act, { signal: this.#off.signal });
      on(document, "click", (event) => {
        const from = event.target.closest?.("[data-madoguchi-open], [data-madoguchi-ask]");
        if (!from) return;
        this.open();
        if (from.dataset.madoguchiAsk) this.ask(from.dataset.madoguchiAsk);
      });
      on(window, "message", (event) => {
        if (event.source === this.#frame?.contentWindow && event.origin === ORIGIN) this.#receive(event.data);
      });
      on(window.visualViewport, "resize", () => this.#fit());
      on(matchMedia(FULL_SCREEN), "change", () => {
        if (this.panel.open) this.#show(); // modal on a small screen, beside the page on a large one
      });
    }

    disconnectedCallback() {
      this.#off.abort();
      this.#off = new AbortController();
    }

    open() {
      if (!this.#frame) this.#load();
      if (!this.panel.open) {
        this.#show();
        this.opener.hidden = true;
        this.unread.hidden = true;
      }
      this.#frame.focus();
      this.#tell({ type: "open" });
    }

    close() {
      if (!this.panel.open) return;
      this.panel.close();
      this.opener.hidden = false;
      this.opener.focus();
      this.#tell({ type: "close" });
    }

    ask(text) {
      if (this.#ready) this.#tell({ type: "ask", text });
      else this.#asks.push(text);
    }

    #load() {
      const address = new URL("/frame", ORIGIN);
      address.searchParams.set("page", this.dataset.page ?? location.origin + location.pathname);
      for (const first of (this.dataset.first ?? "").split(/[、,]/).filter(Boolean).slice(0, 4)) {
        address.searchParams.append("first", first);
      }
      this.#frame = make("iframe", { title: WORDS.title, src: address.href, allow: "microphone", referrerpolicy: "no-referrer" });
      this.panel.append(this.#frame);
    }

    /** What the frame has to say. */
    #receive(message) {
      if (message?.type === "ready") {
        this.#ready = true;
        if (this.panel.open) this.#tell({ type: "open" });
        for (const text of this.#asks.splice(0)) this.#tell({ type: "ask", text });
      } else if (message?.type === "close") {
        this.close();
      } else if (message?.type === "unread") {
        this.unread.hidden = this.panel.open;
      }
    }

    #tell(message) {
      if (this.#ready) this.#frame.contentWindow.postMessage(message, ORIGIN);
    }

    #show() {
      if (this.panel.open) this.panel.close();
      if (matchMedia(FULL_SCREEN).matches) this.panel.showModal();
      else this.panel.show();
      this.#fit();
    }

    /** iOS lays its keyboard over the page: keep the writing place above it. */
    #fit() {
      const seen = window.visualViewport;
      if (seen && seen.scale === 1) this.panel.style.setProperty("--seen-height", `${seen.height}px`);
    }
  }

  function put() {
    const chat = document.createElement("madoguchi-chat");
    for (const [name, value] of Object.entries(script.dataset)) chat.dataset[name] = value;
    document.body.append(chat);
  }

  if (customElements.get("madoguchi-chat")) return; // the line stands on the page twice
  customElements.define("madoguchi-chat", MadoguchiChat);
  if (document.body) put();
  else document.addEventListener("DOMContentLoaded", put);
})();
