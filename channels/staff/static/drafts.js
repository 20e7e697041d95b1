// 「写し取る」: a draft goes to the clipboard.

import { forgetOnLeaving } from "./kept.js";

const copied = document.getElementById("copied");
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break; // plain http: the text is there to be marked
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.closest(".draft").querySelector("pre").textContent);
    copied.textContent = "写し取りました。ファイルに貼り付けてください。";
  });
}
forgetOnLeaving();
