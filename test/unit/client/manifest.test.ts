import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

interface Setting {
  readonly scope: string;
  readonly type: string | string[];
  readonly default?: unknown;
  readonly enum?: string[];
  readonly enumDescriptions?: string[];
  readonly enumItemLabels?: string[];
  readonly markdownDescription?: string;
}

interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
}

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly icon: string;
  readonly activationEvents: string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: string;
      readonly restrictedConfigurations: string[];
    };
    readonly virtualWorkspaces: { readonly supported: string; readonly description: string };
  };
  readonly contributes: {
    readonly commands: { command: string; title: string; category: string }[];
    readonly keybindings: { command: string; key: string; mac: string; when: string }[];
    readonly submenus: { id: string }[];
    readonly menus: Record<string, MenuItem[]>;
    readonly configuration: { properties: Record<string, Setting> };
  };
}

const root = path.resolve(import.meta.dirname, '../../..');
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const strings = JSON.parse(read('package.nls.json')) as Record<string, string>;
const { commands, configuration, keybindings, menus, submenus } = manifest.contributes;
const settings = Object.entries(configuration.properties);
const declared = commands.map(({ command }) => command);

describe('the manifest', () => {
  it('needs no package at run time: all are bundled, so they are devDependencies', () => {
    expect(manifest).not.toHaveProperty('dependencies');
  });

  it('has a string for every placeholder, and no string for nothing', () => {
    const used = [...read('package.json').matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
    expect([...new Set(used)].sort()).toEqual(Object.keys(strings).sort());
    expect(Object.values(strings).filter((text) => text.trim() === '')).toEqual([]);
  });

  it('puts every command into one category, under our prefix, once', () => {
    for (const { command, category } of commands) {
      expect(command).toMatch(/^embeddingCache\.[a-zA-Z.]+$/);
      expect(category).toBe('Embedding Cache');
    }
    expect(new Set(declared).size).toBe(declared.length);
  });

  it('offers in menus and by keys only commands and submenus it declares', () => {
    const items = Object.values(menus).flat();
    const offered = [...items, ...keybindings].flatMap(({ command }) => command ?? []);
    expect(offered.filter((command) => !declared.includes(command))).toEqual([]);
    const opened = items.flatMap(({ submenu }) => submenu ?? []);
    expect(opened).toEqual(submenus.map(({ id }) => id));
  });

  it('says for every command when the palette shows it, and hides all of them in the browser', () => {
    const palette = menus['commandPalette'] ?? [];
    expect(palette.map(({ command }) => command).sort()).toEqual([...declared].sort());
    for (const { when } of palette) expect(when).toContain('!embeddingCache.webOnly');
  });

  it('ignores every setting of a folder that is not trusted', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(supported).toBe('limited');
    expect(restrictedConfigurations).toEqual(settings.map(([key]) => key));
  });

  it('lets no workspace set what decides where text goes', () => {
    const scopeOf = Object.fromEntries(settings.map(([key, { scope }]) => [key, scope]));
    expect(scopeOf).toEqual({
      'embeddingCache.provider': 'application',
      'embeddingCache.model': 'application',
      'embeddingCache.dimensions': 'application',
      'embeddingCache.openai.baseUrl': 'machine',
      'embeddingCache.openaiCompatible.baseUrl': 'machine',
      'embeddingCache.azureOpenai.endpoint': 'machine',
      'embeddingCache.azureOpenai.deployment': 'machine',
      'embeddingCache.azureOpenai.apiVersion': 'machine',
      'embeddingCache.ollama.baseUrl': 'machine',
      'embeddingCache.transformers.modelFolder': 'machine',
      'embeddingCache.keys.fromEnvironment': 'machine',
      'embeddingCache.network.proxy': 'machine',
      'embeddingCache.network.caFile': 'machine',
      'embeddingCache.directory': 'machine',
      'embeddingCache.storeText': 'machine',
      'embeddingCache.privacy.scanForSecrets': 'application',
      'embeddingCache.budget.confirmAboveUsd': 'application',
      'embeddingCache.budget.monthlyUsd': 'application',
      'embeddingCache.indexing.start': 'window',
      'embeddingCache.indexing.effort': 'machine',
      'embeddingCache.indexing.exclude': 'resource',
      'embeddingCache.indexing.maxFileSizeKb': 'resource',
      'embeddingCache.search.mode': 'window',
      'embeddingCache.search.limit': 'window',
      'embeddingCache.search.previewOnArrowKeys': 'window',
      'embeddingCache.search.reranker': 'application',
      'embeddingCache.statusBar.content': 'application',
      'embeddingCache.trace.server': 'application',
    });
  });

  it('describes every setting, and every value of those with a list of values', () => {
    for (const [key, setting] of settings) {
      expect(setting.markdownDescription, key).toBe(
        `%setting.${key.split('.').slice(1).join('.')}%`,
      );
      expect(setting, key).toHaveProperty('default');
      for (const list of [setting.enumDescriptions, setting.enumItemLabels]) {
        if (list !== undefined) expect(list.length, key).toBe(setting.enum?.length);
      }
      expect(setting.enum === undefined, key).toBe(setting.enumDescriptions === undefined);
    }
  });

  it('activates after startup at the earliest', () => {
    expect(manifest.activationEvents).toEqual([
      'onStartupFinished',
      'onWebviewPanel:embeddingCache.statistics',
    ]);
  });

  it('has an icon of the size the Marketplace asks for', () => {
    const png = readFileSync(path.join(root, manifest.icon));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([128, 128]);
  });

  it('is opened in the settings editor by the name the command uses', () => {
    const source = read('client/src/commands/open-settings.ts');
    expect(source).toContain(`@ext:${manifest.publisher}.${manifest.name}`);
  });
});
