/** The rich menu: LINE's picture with areas to tap, under a bar that opens and closes it. */

import { el, safeAddress } from "./el.js";

export class Menu {
  #section;
  #bar;
  #panel;
  #act;
  #version = null; // of the default menu that is shown
  #label = "";

  /** `act` is called with the LINE action of a tapped area. */
  constructor(section, bar, panel, act) {
    this.#section = section;
    this.#bar = bar;
    this.#panel = panel;
    this.#act = act;
    bar.addEventListener("click", () => this.#open(panel.hidden));
  }

  /** The default menu is this version now; null for none. */
  async stand(version) {
    if (version === this.#version) return;
    this.#version = version;
    this.#section.hidden = version === null || !(await this.show(""));
  }

  /** Draws the menu of an alias ("" for the default); returns whether there is one. */
  async show(alias) {
    const query = new URLSearchParams({ alias, version: this.#version ?? "" });
    const response = await fetch(`/talk/menu?${query}`);
    if (!response.ok) return false;
    const menu = await response.json();
    const picture = el("img", { src: `/talk/menu/image?${query}`, alt: "" });
    picture.width = menu.size.width;
    picture.height = menu.size.height;
    this.#panel.replaceChildren(picture, ...menu.areas.map((area) => this.#area(area, menu.size)));
    this.#label = menu.chatBarText;
    this.#open(alias ? !this.#panel.hidden : menu.selected);
    return true;
  }

  #area({ bounds, action }, size) {
    const name = action.label ?? action.text ?? action.displayText ?? action.uri ?? action.data ?? action.type;
    const href = action.type === "uri" ? safeAddress(action.uri) : null;
    const node = href
      ? el("a", { href, target: "_blank", rel: "noopener noreferrer" })
      : el("button", { type: "button" });
    node.className = "area";
    node.ariaLabel = name;
    node.title = name;
    node.style.left = `${(100 * bounds.x) / size.width}%`;
    node.style.top = `${(100 * bounds.y) / size.height}%`;
    node.style.width = `${(100 * bounds.width) / size.width}%`;
    node.style.height = `${(100 * bounds.height) / size.height}%`;
    if (!href) node.addEventListener("click", () => this.#act(action));
    return node;
  }

  #open(isOpen) {
    this.#panel.hidden = !isOpen;
    this.#bar.ariaExpanded = String(isOpen);
    this.#bar.textContent = `${this.#label} ${isOpen ? "▾" : "▴"}`;
  }
}
