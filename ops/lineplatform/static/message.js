/** One message of a talk as a bubble, a card or a picture. */

import { el, unknown } from "./el.js";
import { drawFlex } from "./flex.js";

const LINKS = /(https?:\/\/[^\s　、。）」]+|0\d{1,4}-\d{1,4}-\d{3,4}|#\d{4})/;
const MEDIA = { video: "動画", audio: "音声", file: "ファイル" };

/** `act` is called with the LINE action that somebody taps. */
export function drawMessage(message, act) {
  switch (message.type) {
    case "text": return el("div", { className: "bubble" }, ...linked(message.text));
    case "flex": return drawFlex(message, act);
    case "sticker": return el("img", { className: "picture sticker", src: "/static/sticker.svg", alt: "スタンプ" });
    case "image": return el("img", { className: "picture photo", src: "/static/photo.svg", alt: "写真（見本）" });
    case "location": return el("div", { className: "bubble place" }, el("strong", {}, message.title ?? "位置情報"), el("br"), message.address ?? "");
    default:
      return MEDIA[message.type]
        ? el("div", { className: "bubble place" }, `${MEDIA[message.type]}${message.fileName ? `：${message.fileName}` : "（見本）"}`)
        : unknown(message.type);
  }
}

/** Text with its addresses and telephone numbers to tap, as LINE shows it. */
function linked(text) {
  return text.split(LINKS).map((part, place) => {
    if (place % 2 === 0) return part;
    const href = part.startsWith("http") ? part : `tel:${part.replace("#", "%23")}`;
    return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, part);
  });
}
