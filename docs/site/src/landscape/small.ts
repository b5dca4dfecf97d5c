// SPDX-License-Identifier: Apache-2.0
// The small landscape on the page of a class: the class beside AdamW.

import { byId, root } from '../dom.js';
import { settingFrom, toAddress, type Setting } from './setting.js';
import { controlsByName, walkAll } from './stage.js';
import { View } from './view.js';

export function showSmall(holder: HTMLElement): void {
  const name = holder.dataset['name']!;
  const names = name === 'AdamW' ? ['AdamW'] : [name, 'AdamW'];
  let setting: Setting = settingFrom(new URLSearchParams(), (known) => controlsByName.has(known), names);
  const link = byId<HTMLAnchorElement>('larger');
  const view = new View(holder, (start) => {
    setting = { ...setting, start };
    void update();
  });
  const update = async (): Promise<void> => {
    view.show(setting.problem, setting.start);
    link.href = `${root}landscape/index.html${toAddress(setting)}`;
    const walks = await walkAll(setting);
    if (!walks) return;
    view.draw(walks, setting.steps);
    document.documentElement.dataset['walked'] = 'yes';
  };
  void update();
}
