import type { Subject } from './audience.ts';

/** The value of a contact that a rule of an audience looks at, by the path of the rule in accord.yaml, such as `unless.anyTag`. */
export function findRuleValue(rule: string, { fields, isCustomer, isDeleted, refused = [] }: Subject): unknown {
  switch (rule.slice(rule.indexOf('.') + 1)) {
    case 'deleted':
      return isDeleted;
    case 'anyTag':
      return fields.tags;
    case 'isCustomer':
      return isCustomer;
    case 'doNotCall':
    case 'refused':
      return fields.doNotContact.call || refused.some(({ channel }) => channel === 'call');
    case 'phone':
      return fields.phones.map(({ e164, raw }) => e164 ?? raw);
    case 'email':
      return fields.emails.map(({ address }) => address);
    default:
      return null;
  }
}
