// Whoever waits is heard: a short sound, a notice of the desktop, the title of the tab.

import { el } from "/static/dom.js";
import { read, write } from "./kept.js";

const SOUND = "madoguchi.staff.sound";
const NOTICE = "madoguchi.staff.notice";
const ONE_TAB = "madoguchi.staff.alerts";
const TO_DO = new Set(["waiting", "due", "message"]);

/** Two short tones, made here: no file to load. */
function ring(context) {
  const start = context.currentTime;
  for (const [at, hertz] of [[0, 660], [0.18, 880]]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, start + at);
    volume.gain.exponentialRampToValueAtTime(0.25, start + at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + at + 0.3);
    tone.connect(volume).connect(context.destination);
    tone.start(start + at);
    tone.stop(start + at + 0.32);
  }
}

export class Alerts {
  #known = null; // id → what was told of it
  #context = null;
  #speaks = !navigator.locks; // of several tabs, one rings
  #title = document.title.replace(/^\(\d+\) /, "");

  constructor() {
    navigator.locks?.request(ONE_TAB, () => {
      this.#speaks = true;
      return new Promise(() => {}); // until the tab is closed
    });
    // Browsers let a page make sounds only after somebody has touched it.
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => this.#wake(), { once: true });
  }

  get speaks() {
    return this.#speaks;
  }

  #wake() {
    if (read(SOUND) !== "on") return;
    this.#context ??= new AudioContext();
    this.#context.resume();
  }

  /** The buttons that switch sound and notices. */
  buttons() {
    const sound = el("button", { type: "button", class: "quiet", id: "sound" });
    const notice = el("button", { type: "button", class: "quiet", id: "notice", hidden: !("Notification" in window) });
    const show = () => {
      const [rings, tells] = [read(SOUND) === "on", this.#mayTell()];
      sound.setAttribute("aria-pressed", rings);
      sound.textContent = `音で知らせる：${rings ? "入" : "切"}`;
      notice.setAttribute("aria-pressed", tells);
      const refused = "Notification" in window && Notification.permission === "denied";
      notice.textContent = refused ? "画面の通知：ブラウザーで止められています" : `画面に通知する：${tells ? "入" : "切"}`;
    };
    sound.addEventListener("click", () => {
      write(SOUND, read(SOUND) === "on" ? null : "on");
      this.#wake();
      if (read(SOUND) === "on") ring(this.#context);
      show();
    });
    notice.addEventListener("click", async () => {
      const wants = !this.#mayTell();
      if (wants && Notification.permission === "default") await Notification.requestPermission();
      write(NOTICE, wants ? "on" : null);
      show();
    });
    show();
    return [sound, notice];
  }

  #mayTell() {
    return "Notification" in window && Notification.permission === "granted" && read(NOTICE) === "on";
  }

  /** Take a queue; returns what is new in it, as a sentence, or nothing. */
  take({ mine, groups, todo }) {
    document.title = todo ? `(${todo}) ${this.#title}` : this.#title;
    const now = new Map();
    for (const { lines, is_mine: isMine, title } of groups) {
      for (const line of lines) {
        const counts = isMine ? TO_DO.has(line.state) : line.level > 1;
        if (counts) now.set(line.id, { weight: 1 + line.level, words: `${title}：${line.alarm || line.standing}` });
      }
    }
    for (const line of mine) {
      const weight = line.unheard + line.level;
      now.set(line.id, { weight, words: "住民から新しい発言があります", isOwn: true });
    }
    const known = this.#known;
    this.#known = now;
    if (!known) return "";
    const isRead = document.hasFocus();
    const news = [...now].filter(([id, { weight, isOwn }]) => {
      const before = known.get(id);
      if (isOwn) return !isRead && before?.isOwn && weight > before.weight;
      return !before || before.isOwn ? !before : weight > before.weight;
    });
    if (!news.length) return "";
    const words = news[0][1].words + (news.length > 1 ? `（ほか${news.length - 1}件）` : "");
    this.#tell(words);
    return words;
  }

  #tell(words) {
    if (!this.#speaks) return;
    if (read(SOUND) === "on" && this.#context) ring(this.#context);
    if (this.#mayTell() && !document.hasFocus()) {
      try {
        const notice = new Notification("まどぐち", { body: words, tag: "madoguchi", renotify: true, silent: true });
        notice.onclick = () => {
          window.focus();
          notice.close();
        };
      } catch { /* a browser that shows notices only from a service worker */ }
    }
  }
}
