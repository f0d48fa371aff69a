/** Names for summaries. Workflow code cannot load the providers; a test compares the two. A provider without a name here is shown by its id. */
const names: Readonly<Record<string, string>> = {
  gohighlevel: 'GoHighLevel',
  calltools: 'CallTools',
  square: 'Square',
  google: 'Google Contacts',
  webform: 'Web forms',
};

export function providerName(id: string): string {
  return names[id] ?? id;
}
