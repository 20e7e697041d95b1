// The line to paste changes with the options, and the button on this very page with it.

const options = document.getElementById("options");
const line = document.getElementById("line");
const note = document.getElementById("color-note");
const copied = document.getElementById("copied");
const DEFAULT = "#115a36";

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

const isReadable = (color) => customElements.get("madoguchi-chat").isReadable(color);

function chosen() {
  const { position, color, first } = Object.fromEntries(new FormData(options));
  const data = {};
  if (position === "left") data.position = "left";
  if (color !== DEFAULT && isReadable(color)) data.color = color;
  if (first.trim()) data.first = first.trim();
  return data;
}

function show() {
  copied.textContent = "";
  note.textContent = isReadable(options.color.value) ? "" : "この色では白い文字が読みにくいので、もとの色を使います。";
  const data = chosen();
  const attributes = Object.entries(data).map(([name, value]) => ` data-${name}="${escaped(value)}"`);
  line.value = `<script src="${options.dataset.origin}/embed.js" defer${attributes.join("")}></script>`;

  document.querySelector("madoguchi-chat")?.remove();
  const chat = document.createElement("madoguchi-chat");
  Object.assign(chat.dataset, data);
  if (options.topic.value) chat.dataset.page = options.topic.value;
  document.body.append(chat);
}

options.addEventListener("input", show);
options.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("copy").addEventListener("click", async () => {
  line.select();
  try {
    await navigator.clipboard.writeText(line.value);
    copied.textContent = "コピーしました。";
  } catch {
    copied.textContent = "選びました。Ctrl＋C（Macでは⌘＋C）でコピーしてください。";
  }
});
show();
