// SPDX-License-Identifier: Apache-2.0
// A locale that numbers can be written in, whatever the system calls its own. Imported before what asks for it: uPlot makes a
// format of `navigator.language` as soon as it is loaded, which throws for `en-US@posix`.

function isLocale(name: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(name).length >= 0;
  } catch {
    return false;
  }
}

const { language } = navigator;
if (!isLocale(language)) {
  const plain = language.split(/[@.]/)[0]!.replace('_', '-');
  Object.defineProperty(navigator, 'language', { value: isLocale(plain) ? plain : 'en', configurable: true });
}
