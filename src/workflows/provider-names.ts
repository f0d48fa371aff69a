/** Names for summaries. Workflow code cannot load the providers; a test compares the two. A provider without a name here is shown by its id. */
const names: Readonly<Record<string, string>> = {
  gohighlevel: 'GoHighLevel',
  calltools: 'CallTools',
  square: 'Square',
  google: 'Google Contacts',
  webform: 'Web forms',
};

/** The name of a vendor's first account, or `GoHighLevel (west)` for `gohighlevel-west`. Names of accord.yaml are not known here. */
export function providerName(id: string): string {
  const hyphen = id.indexOf('-');
  const vendor = names[id.slice(0, hyphen)];
  return names[id] ?? (hyphen > 0 && vendor ? `${vendor} (${id.slice(hyphen + 1)})` : id);
}
