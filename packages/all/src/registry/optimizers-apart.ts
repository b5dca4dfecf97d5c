// SPDX-License-Identifier: Apache-2.0
// Written by `npm run sync`: how to get the optimizers that are not in this package.

export const optimizersApart: Readonly<Record<string, string>> = {
  Fromage: "npm install @optim/fromage (CC-BY-NC-SA-4.0)",
  Gravity: "npm install @optim/gravity (Apache-2.0)",
  MSAM: "npm install @optim/msam (Apache-2.0)",
  Nero: "npm install @optim/nero (CC-BY-NC-SA-4.0)",
};
