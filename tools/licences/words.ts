// SPDX-License-Identifier: Apache-2.0
// The words by which a text says that it is under another licence, or another's.

type Words = readonly (readonly [what: string, pattern: RegExp])[];

/** As they stand in headers of files, and anywhere else; names alone may also be those of others' code, in READMEs. */
export const terms: Words = [
  [
    'the GNU licences',
    /GNU (Affero |Lesser |Library )?(General )?Public Licen[cs]e|gnu\.org\/licen[cs]es|redistribute it and\/or modify/i,
  ],
  [
    'a Creative Commons licence',
    // With its version, as SPDX writes it, it may be said of authors' code.
    /Creative Commons Attribution[- ]?(Non-?Commercial|Share-?Alike|No-?Deriv)|creativecommons\.org\/licenses\/by-(nc|sa|nd)|\bCC[- ]BY([- ](NC|SA|ND))+\b(?![-\w]*-\d)/i,
  ],
  ['the Mozilla Public License', /Mozilla Public Licen[cs]e/i],
  ['the Server Side Public License', /Server Side Public Licen[cs]e/i],
  ['the Business Source License', /Business Source Licen[cs]e/i],
  ['the Eclipse Public License', /Eclipse Public Licen[cs]e/i],
  ['the European Union Public Licence', /European Union Public Licen[cs]e/i],
  ['the CDDL', /Common Development and Distribution Licen[cs]e/i],
  ['the Microsoft Reciprocal License', /Microsoft Reciprocal Licen[cs]e/i],
  ['the Elastic License', /Elastic Licen[cs]e/i],
  ['a PolyForm licence', /PolyForm/i],
  ['a Commons Clause', /Commons Clause/i],
  [
    'a non-commercial licence',
    /(for|only|any) (academic|research|non-?\s?commercial|personal|evaluation)[^.]{0,40} (use|purposes?|only)\b|not for commercial|non-?commercial (use )?only|research only/i,
  ],
  ['a reservation of rights', /all rights reserved|proprietary and confidential/i],
];

/** In code, names are enough where they stand as the file's licence; others may be those of authors' code. */
export const names: Words = [
  [
    'another licence',
    /(@licen[cs]e|licen[cs]ed?( under| by|:)?|under|terms of)( the)? (([AL]?GPL|MPL|EPL|EUPL|CDDL|SSPL|BUSL)(v?\d[\d.]*)?|CC[- ]BY[- ](NC|SA|ND)|GNU)\b/i,
  ],
  ['another owner', /copyright\s*(\(c\)|©|\d{4})|copyright\b.{0,60}\b(19|20)\d\d\b|(©|\(c\))\s*\d{4}/i],
];
