// @ts-check
// Buttons that copy a text of the page.

/**
 * Copies a text. Without a secure connection browsers offer the old way only.
 * @param {string} text
 */
export async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = document.createElement('textarea');
  box.value = text;
  box.className = 'unseen';
  document.body.append(box);
  box.select();
  document.execCommand('copy');
  box.remove();
}

for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!(button instanceof HTMLButtonElement)) continue;
  const label = button.textContent ?? '';
  button.setAttribute('aria-live', 'polite');
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy ?? '');
    await copy(source?.textContent?.trim() ?? '');
    button.textContent = button.dataset.done ?? label;
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}
