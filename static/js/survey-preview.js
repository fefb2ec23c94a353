/* The preview beside the form follows while one types. Without it, "Look at it first" does the same. */
for (const field of document.querySelectorAll("[data-preview]")) {
  const shown = document.querySelectorAll(`[data-shows="${field.dataset.preview}"]`);
  field.addEventListener("input", () => {
    for (const place of shown) { place.textContent = field.value; }
  });
}
