/** The people in the recorded histories: their names appear nowhere else, so that a leak is found. */
export const recordedPeople = [
  { firstName: 'Zephyrine', lastName: 'Quillfeather', email: 'zephyrine@quillfeather.example', phone: '+15125550187' },
  { firstName: 'Thaddeus', lastName: 'Ombersley', email: 'thaddeus@ombersley.example', phone: '+15125550188' },
];

/** Every spelling that identifies a person, in lower case. */
export const personalData: string[] = recordedPeople.flatMap(({ firstName, lastName, email, phone }) =>
  [firstName, lastName, email, phone, phone.slice(2), `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`].map(
    (text) => text.toLowerCase(),
  ),
);
