// What can be done with one answer: print it, hear it, read it with ふりがな or in easy words.

import { drawAnswer, printPage, spoken } from "./answer.js";
import { call } from "./api.js";
import { el } from "./dom.js";
import { canRead, readAloud, stopReading } from "./speech.js";
import { WORDS } from "./words.js";

export class Tools {
  #ask;
  #id;
  #always = { furigana: false, aloud: false };
  #reading = null; // the button of the answer that is being read aloud

  /** `ask` says something for the resident, `id` is the conversation's. */
  constructor({ ask, id }) {
    this.#ask = ask;
    this.#id = id;
  }

  /** What is done with every answer from now on. */
  always(settings) {
    this.#always = settings;
  }

  /** Put the tools below an answer; `isNew`: it has just been said, not replayed. */
  add(card, answer, sequence, isNew) {
    const button = (label, act) => {
      const node = el("button", { type: "button" }, label);
      node.addEventListener("click", () => act(node));
      return node;
    };
    const print = printPage(answer);
    const furigana = button(WORDS.furigana, (node) => this.#toggle(card, answer, sequence, node));
    const aloud = canRead ? button(WORDS.read_aloud, (node) => this.#read(answer, node)) : null;
    const row = el(
      "div",
      { class: "tools", role: "group", "aria-label": WORDS.tools },
      print ? el("a", { href: print, target: "_blank", rel: "noopener" }, WORDS.print) : null,
      aloud,
      furigana,
      answer.entry ? button(WORDS.easy, () => this.#ask(WORDS.easy_says)) : null,
    );
    card.append(row);
    if (this.#always.furigana) this.#toggle(card, answer, sequence, furigana);
    if (this.#always.aloud && isNew && aloud) this.#read(answer, aloud);
  }

  #read(answer, button) {
    const isThis = this.#reading === button;
    stopReading();
    this.#ended();
    if (isThis) return;
    this.#reading = button;
    button.textContent = WORDS.stop_reading;
    readAloud(spoken(answer), () => {
      if (this.#reading === button) this.#ended();
    });
  }

  #ended() {
    if (this.#reading) this.#reading.textContent = WORDS.read_aloud;
    this.#reading = null;
  }

  async #toggle(card, answer, sequence, button) {
    const row = button.parentElement;
    const wanted = !card.hasAttribute("data-furigana");
    let body = answer;
    if (wanted) {
      button.disabled = true;
      const { status, said } = await call("GET", `/${this.#id()}/events/${sequence}/furigana`);
      button.disabled = false;
      if (status !== 200) return; // it stays as it was: the words are there without readings, too
      body = said;
    }
    const had = document.activeElement === button || document.activeElement === document.body;
    card.replaceChildren(...drawAnswer(body, this.#ask).childNodes, row);
    card.toggleAttribute("data-furigana", wanted);
    button.textContent = wanted ? WORDS.without_furigana : WORDS.furigana;
    if (had && row.isConnected) button.focus({ preventScroll: true });
  }
}
