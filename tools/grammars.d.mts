export function putGrammars(folder: string): void;
