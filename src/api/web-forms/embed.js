// Shows a form of Accord on any page and submits it without leaving the page:
//   <script src="https://accord.example.com/form/embed.js" data-form="contact" async></script>
// If the page has its own <form data-accord-form="contact" …>, that form is used. If the form cannot be loaded, a link to the
// hosted page replaces it.
(() => {
  const script = document.currentScript;
  const name = script.dataset.form;
  const pageUrl = new URL(encodeURIComponent(name), script.src);
  const postUrl = new URL(`../webforms/${encodeURIComponent(name)}`, script.src);
  const own = `form[data-accord-form="${CSS.escape(name)}"]`;

  async function start() {
    if (document.querySelectorAll(own).length === 0) await insert();
    for (const form of document.querySelectorAll(own)) enhance(form);
  }

  async function insert() {
    const container = document.createElement('div');
    const target = script.dataset.target && document.querySelector(script.dataset.target);
    if (target) target.append(container);
    else script.after(container);
    try {
      const answer = await fetch(`${pageUrl}/fragment`, { credentials: 'omit' });
      if (!answer.ok) throw new Error(String(answer.status));
      container.innerHTML = await answer.text();
    } catch {
      const link = document.createElement('a');
      link.href = pageUrl;
      link.textContent = script.dataset.linkText || 'Open the form';
      container.replaceChildren(link);
    }
  }

  function enhance(form) {
    if (form.dataset.accordReady) return;
    form.dataset.accordReady = 'yes';
    form.action = postUrl;
    // Set by script: the page's content security policy may forbid style attributes.
    for (const honeypot of form.querySelectorAll('[data-accord-away]')) {
      Object.assign(honeypot.style, { position: 'absolute', left: '-9999px', width: '1px', height: '1px', overflow: 'hidden' });
    }
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      send(form);
    });
  }

  async function send(form) {
    if (form.getAttribute('aria-busy') === 'true') return;
    form.setAttribute('aria-busy', 'true');
    clear(form);
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(postUrl, { method: 'POST', headers: { Accept: 'application/json' }, body, credentials: 'omit' });
      if (answer.ok) succeed(form);
      else showProblem(form, await answer.json());
    } catch {
      showProblem(form, { detail: 'The form could not be sent. Check your connection and try again.' });
    } finally {
      form.removeAttribute('aria-busy');
    }
  }

  function succeed(form) {
    if (form.dataset.redirect) return location.assign(new URL(form.dataset.redirect, script.src));
    const thanks = element('p', form.dataset.thanks || 'Thank you. We have received it.');
    thanks.setAttribute('role', 'status');
    thanks.tabIndex = -1;
    thanks.style.whiteSpace = 'pre-line';
    form.replaceWith(thanks);
    thanks.focus();
  }

  function showProblem(form, { detail, errors = [] }) {
    const summary = element('div', '');
    summary.className = 'accord-summary';
    summary.setAttribute('role', 'alert');
    summary.tabIndex = -1;
    summary.append(element('p', detail));
    const list = element('ul', '');
    for (const error of errors) list.append(showFault(form, error.pointer.slice('/body/'.length), error.detail));
    if (errors.length > 0) summary.append(list);
    form.prepend(summary);
    summary.focus();
  }

  // Shows the message at the field. Returns the entry of the summary, with a link to the field.
  function showFault(form, fieldName, message) {
    const item = element('li', '');
    const field = [...form.elements].find((each) => each.name === fieldName);
    if (!field) {
      item.textContent = message;
      return item;
    }
    field.id ||= `accord-${name}-${fieldName}`;
    const fault = element('p', `Error: ${message}`);
    fault.id = `${field.id}-error`;
    fault.className = 'accord-error';
    field.before(fault);
    field.dataset.accordDescribedBy = field.getAttribute('aria-describedby') ?? '';
    field.setAttribute('aria-describedby', `${field.dataset.accordDescribedBy} ${fault.id}`.trim());
    field.setAttribute('aria-invalid', 'true');
    const link = element('a', message);
    link.href = `#${field.id}`;
    link.addEventListener('click', (event) => {
      event.preventDefault();
      field.focus();
    });
    item.append(link);
    return item;
  }

  function clear(form) {
    for (const old of form.querySelectorAll('.accord-summary, .accord-error')) old.remove();
    for (const field of form.querySelectorAll('[data-accord-described-by]')) {
      field.removeAttribute('aria-invalid');
      if (field.dataset.accordDescribedBy) field.setAttribute('aria-describedby', field.dataset.accordDescribedBy);
      else field.removeAttribute('aria-describedby');
      delete field.dataset.accordDescribedBy;
    }
  }

  function element(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  }

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
