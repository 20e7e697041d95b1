// Shortcuts, and the list of them behind `?`. Letters can be switched off (WCAG 2.1.4).

import { el } from "/static/dom.js";
import { read, write } from "./kept.js";

const LETTERS = "madoguchi.staff.letters";
// A checkbox takes no letters; that of the list keeps the focus for a moment when the list is closed.
const isWriting = (node) => node.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

/** `keys`: key → what it does; `list`: pairs of keys and what they do, to be read. */
export function shortcuts(keys, list) {
  const box = el("input", { type: "checkbox", id: "letters" });
  box.checked = read(LETTERS) !== "off";
  box.addEventListener("change", () => write(LETTERS, box.checked ? null : "off"));
  const close = el("button", { type: "button" }, "閉じる");
  const rows = [...list, ["?", "この一覧を開く"]].map(([key, what]) =>
    el("div", {}, el("dt", {}, ...key.split(" ").map((each) => el("kbd", {}, each))), el("dd", {}, what)),
  );
  const dialog = el(
    "dialog",
    { class: "keys", "aria-labelledby": "keys-title" },
    el("h2", { id: "keys-title" }, "キーボードの操作"),
    el("dl", {}, ...rows),
    el("label", { class: "check" }, box, "文字のキー（j、k、? など）を使う"),
    close,
  );
  close.addEventListener("click", () => dialog.close());
  const opener = el("button", { type: "button", class: "quiet", "aria-haspopup": "dialog" }, "キー操作");
  opener.addEventListener("click", () => dialog.showModal());
  document.body.append(dialog);
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isWriting(event.target) || dialog.open) return;
    if (event.key.length === 1 && !box.checked) return;
    const act = event.key === "?" ? () => dialog.showModal() : keys[event.key];
    if (!act) return;
    if (act(event) !== false) event.preventDefault();
  });
  return opener;
}
