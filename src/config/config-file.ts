import { providers } from '#providers/index.ts';
import type { Provider } from '#providers/provider.ts';
import { readAccordYaml } from './read-accord-yaml.ts';

/** accord.yaml as a process has loaded it. */
export interface ConfigFile {
  path: string;
  /** `ACCORD_PROFILE`. */
  profile: string | null;
  text: string;
}

/** The present state of the file, as the next start would read it. `problems` are those that would stop it. */
export interface ConfigFileNow {
  isChanged: boolean;
  problems: string[];
}

/** Reads the file again and validates it as a start does, without using it. */
export function checkConfigFile({ path, profile, text }: ConfigFile, vendors: readonly Provider[] = providers): ConfigFileNow {
  const problems: string[] = [];
  const now = readAccordYaml({ path, profile, vendors, problems });
  return { isChanged: now.text !== text, problems };
}
