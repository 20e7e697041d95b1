// How the chat looks and sounds: size of letters, colours, readings, voices. Kept in the browser.

import { el } from "./dom.js";
import { keepSettings, keptSettings } from "./kept.js";
import { canHear, canRead } from "./speech.js";
import { WORDS } from "./words.js";

const DEFAULTS = { size: 0, theme: "auto", furigana: false, aloud: false, voice: false };

export class Settings {
  #changed;

  /** `changed` is called with the settings whenever they are others. */
  constructor(changed) {
    this.#changed = changed;
    this.now = { ...DEFAULTS, ...keptSettings() };
    this.#apply();
    this.dialog = this.#build();
  }

  set(change) {
    this.now = { ...this.now, ...change };
    keepSettings(this.now);
    this.#apply();
    this.#changed(this.now);
  }

  /** The next size of letters, from the largest back to the first. */
  enlarge() {
    this.set({ size: (this.now.size + 1) % WORDS.sizes.length });
  }

  show() {
    const { form } = this;
    form.elements.size.value = String(this.now.size);
    form.elements.theme.value = this.now.theme;
    for (const name of ["furigana", "aloud", "voice"]) {
      if (form.elements[name]) form.elements[name].checked = this.now[name];
    }
    this.dialog.showModal();
  }

  #apply() {
    const { dataset } = document.documentElement;
    dataset.size = this.now.size;
    dataset.theme = this.now.theme;
  }

  #build() {
    const choice = (name, value, label) =>
      el("label", {}, el("input", { type: "radio", name, value }), el("span", {}, label));
    const check = (name, label, more) =>
      el("label", {}, el("input", { type: "checkbox", name, ...more }), el("span", {}, label));
    const done = el("button", { type: "button", class: "done" }, WORDS.done);
    this.form = el(
      "form",
      { class: "settings" },
      el("h2", { id: "settings-title" }, WORDS.settings),
      el("fieldset", {}, el("legend", {}, WORDS.size), ...WORDS.sizes.map((label, n) => choice("size", String(n), label))),
      el(
        "fieldset",
        {},
        el("legend", {}, WORDS.colours),
        ...Object.entries(WORDS.themes).map(([value, label]) => choice("theme", value, label)),
      ),
      check("furigana", WORDS.always_furigana),
      canRead ? check("aloud", WORDS.always_aloud) : null,
      canHear ? check("voice", WORDS.voice, { "aria-describedby": "voice-care" }) : null,
      canHear ? el("p", { id: "voice-care", class: "care" }, WORDS.voice_care) : null,
      done,
    );
    this.form.addEventListener("change", () => {
      const { size, theme, furigana, aloud, voice } = this.form.elements;
      this.set({
        size: Number(size.value),
        theme: theme.value,
        furigana: furigana.checked,
        aloud: aloud?.checked ?? false,
        voice: voice?.checked ?? false,
      });
    });
    this.form.addEventListener("submit", (event) => event.preventDefault());
    const dialog = el("dialog", { id: "settings", "aria-labelledby": "settings-title" }, this.form);
    done.addEventListener("click", () => dialog.close());
    return dialog;
  }
}
