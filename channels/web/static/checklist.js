// The button that prints a checklist; without scripts it stays hidden, and a sentence tells the way.

const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
