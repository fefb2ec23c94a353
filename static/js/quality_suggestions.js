// One key for what the mouse does with "Accept": takes the proposal of the current criterion over.
const toggle = document.getElementById("shortcuts-on");

document.addEventListener("keydown", (event) => {
  if (event.key !== "y" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.closest("textarea, select, input:not([type=radio]):not([type=checkbox]), dialog") || !toggle?.checked) return;
  const button = document.querySelector("[data-criterion][data-current] [data-accept]");
  if (!button) return;
  event.preventDefault();
  button.click();
});
