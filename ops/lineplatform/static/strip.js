/** The developer's strip: how the account stands, what is to go wrong, and a record of every call. */

import { el, post } from "./el.js";

const KEPT = 200; // lines of the record
const USERS = ["1", "2", "3"];
const WIDE = "(min-width: 60rem)"; // as in strip.css
const FAILURES = {
  internal: "500 にする", unavailable: "503 にする", timeout: "返事なしにする（届かない）", late: "返事なしにする（届いている）",
  lost: "500 にする（届いている）", rate: "429 にする（速すぎ）", concurrency: "429 にする（同時が多すぎ）",
  quota: "429 にする（今月の上限）", invalid_token: "400 にする（応答トークン）", conflict: "409 にする（もう届いている）",
};
const SHARES = ["duplicated", "redelivered", "reordered"];
const CALM = { next_failures: [], rates: {}, duplicated: 0, redelivered: 0, reordered: 0, slow: 0 };

export class Strip {
  #strip;
  #opener;
  #state = null;

  constructor(strip, opener, user) {
    this.#strip = strip;
    this.#opener = opener;
    opener.addEventListener("click", () => this.#open(strip.hidden));
    this.#id("close-strip").addEventListener("click", () => { this.#open(false); opener.focus(); });
    strip.addEventListener("keydown", (event) => event.key === "Escape" && this.#id("close-strip").click());
    this.#open(matchMedia(WIDE).matches);
    this.#id("users").append(...USERS.map((name) => el("li", {}, this.#link(name, user))));
    for (const select of ["next", "rate-kind"]) {
      this.#id(select).append(...Object.entries(FAILURES).map(([value, name]) => el("option", { value }, name)));
    }
    this.#id("expire").addEventListener("click", () => post(`/talk/expire?user=${user}`, {}));
    this.#id("add-next").addEventListener("click", () => this.#change({ next_failures: [...this.#state.trouble.next_failures, this.#id("next").value] }));
    this.#id("calm").addEventListener("click", () => this.#change(CALM));
    for (const id of ["rate", "rate-kind"]) {
      this.#id(id).addEventListener("change", () => this.#change({ rates: { [this.#id("rate-kind").value]: Number(this.#id("rate").value) / 100 } }));
    }
    for (const id of SHARES) this.#id(id).addEventListener("change", () => this.#change({ [id]: Number(this.#id(id).value) / 100 }));
    this.#id("slow").addEventListener("change", () => this.#change({ slow: Number(this.#id("slow").value) }));
    setInterval(() => this.#token(), 500);
  }

  /** How the account stands now. */
  stand(state) {
    this.#state = state;
    const { quota, trouble } = state;
    const meter = this.#id("quota");
    meter.max = quota.limit ?? Math.max(quota.used, 1);
    meter.high = meter.max * 0.8;
    meter.value = quota.used;
    this.#id("quota-text").textContent = quota.limit === null ? `${quota.used}通（上限なし）` : `${quota.used} / ${quota.limit}通`;
    const queued = this.#id("queued");
    queued.hidden = trouble.next_failures.length === 0;
    queued.textContent = `待っている失敗：${trouble.next_failures.map((name) => FAILURES[name]).join("、")}`;
    const [kind, share] = Object.entries(trouble.rates)[0] ?? [this.#id("rate-kind").value, 0];
    this.#fill("rate-kind", kind);
    this.#fill("rate", Math.round(share * 100));
    for (const id of SHARES) this.#fill(id, Math.round(trouble[id] * 100));
    this.#fill("slow", trouble.slow);
    this.#id("no-menu").hidden = state.menu !== null;
    const isTroubled = JSON.stringify(trouble) !== JSON.stringify(CALM);
    this.#opener.classList.toggle("troubled", isTroubled);
    if (isTroubled) this.#id("trouble").open = true;
    this.#token();
  }

  /** A webhook that the platform sent. */
  webhook({ at, type, status, ms, redelivery }) {
    const isFine = status >= 200 && status < 300;
    this.#record(at, "届けた", `${type}${redelivery ? "（再送）" : ""}`, status || "返事なし", ms, isFine ? [] : ["2xx ではありません"]);
  }

  /** A call of the bot to LINE. */
  call({ at, method, path, status, ms, failure, wrong }) {
    const notes = failure ? [`わざと：${FAILURES[failure]}`, ...wrong] : wrong;
    this.#record(at, "呼ばれた", `${method} ${path.replace("/v2/bot", "")}`, status, ms, notes, status >= 400);
  }

  #record(at, way, what, status, ms, notes, isWrong = notes.length > 0) {
    const time = new Date(at).toLocaleTimeString("ja-JP");
    const line = el("li", { className: isWrong ? "record wrong" : "record" },
      el("span", { className: "small" }, `${time} ${way}`),
      el("code", {}, what),
      el("span", { className: "result" }, `${status}・${ms} ms`),
      ...notes.map((note) => el("span", { className: "note" }, note)));
    const records = this.#id("records");
    records.prepend(line);
    while (records.children.length > KEPT) records.lastChild.remove();
  }

  #token() {
    const token = this.#state?.token;
    const left = token ? Math.ceil(token.good_until - Date.now() / 1000) : 0;
    const word = !token ? "まだありません" : token.is_spent ? "使いました" : left > 0 ? `あと${left}秒` : "期限が切れました";
    const shown = this.#id("token-text");
    if (shown.textContent !== word) shown.textContent = word;
    this.#id("expire").disabled = !token || token.is_spent || left <= 0;
  }

  async #change(part) {
    const before = this.#state.trouble;
    const wanted = { ...before, ...part };
    this.#state.trouble = wanted; // the next change may come before the stream has told of this one
    const isTaken = await post("/talk/trouble", wanted, "PUT");
    if (!isTaken) this.stand({ ...this.#state, trouble: before });
    const error = this.#id("trouble-error");
    error.hidden = isTaken;
    error.textContent = isTaken ? "" : "この値にはできません。割合は0から100、秒は0から30にしてください。";
  }

  #fill(id, value) {
    const field = this.#id(id);
    if (document.activeElement !== field) field.value = value;
  }

  #link(name, user) {
    const link = el("a", { href: `/?user=${name}` }, `住民${name}`);
    if (name === user) link.ariaCurrent = "page";
    return link;
  }

  #open(isOpen) {
    this.#strip.hidden = !isOpen;
    this.#opener.ariaExpanded = String(isOpen);
    document.body.classList.toggle("with-strip", isOpen);
  }

  #id(id) {
    return document.getElementById(id);
  }
}
