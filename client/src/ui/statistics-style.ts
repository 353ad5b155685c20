/** Colours come from the theme alone. */
export const statisticsStyle = `
body { color: var(--vscode-foreground); font: var(--vscode-font-size) var(--vscode-font-family); padding: 0 20px 20px; }
main { max-width: 900px; }
h1 { font-size: 1.6em; font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 12px; margin: 0 0 24px; }
dl > div { background: var(--vscode-editorWidget-background); border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, transparent)); border-radius: 4px; padding: 12px; }
dd { margin: 0; color: var(--vscode-descriptionForeground); }
dt + dd { color: var(--vscode-foreground); font-size: 1.8em; font-weight: 600; font-variant-numeric: tabular-nums; }
.scroll { margin: 0 0 24px; overflow-x: auto; }
table { border-collapse: collapse; }
caption { font-size: 1.15em; font-weight: 600; padding: 0 0 6px; text-align: start; }
th, td { border-bottom: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder, transparent)); padding: 4px 16px 4px 0; text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead th { color: var(--vscode-descriptionForeground); font-weight: normal; }
th:first-child { text-align: start; font-weight: normal; }
code { font-family: var(--vscode-editor-font-family); overflow-wrap: anywhere; }
`;
