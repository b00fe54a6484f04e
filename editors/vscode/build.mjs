// Bundles the extension and packs it as dist/bpfasm.vsix; `npm run build` must have made the server before.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { zip } from "./zip.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../..");
const manifest = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

// The sources are modules, the bundles are not.
const { type: _sources, ...packed } = { ...manifest, version };

const common = { bundle: true, minify: true, legalComments: "none", logLevel: "warning", external: ["vscode"] };
const bundles = [
  [
    "extension.js",
    { platform: "node", target: "node20", format: "cjs", entryPoints: [join(here, "src/extension.ts")] },
  ],
  ["web.js", { platform: "browser", format: "cjs", entryPoints: [join(here, "src/web.ts")] }],
  ["web-server.js", { platform: "browser", format: "iife", entryPoints: [join(here, "src/web-server.ts")] }],
];
const made = await Promise.all(
  bundles.map(async ([name, options]) => {
    const { outputFiles } = await build({ ...common, ...options, write: false, outdir: here });
    return [`extension/dist/${name}`, Buffer.from(outputFiles[0].contents)];
  }),
);

const file = (to, from) => [`extension/${to}`, readFileSync(join(root, from))];
const server = readdirSync(join(root, "dist"))
  .filter((name) => name === "bpfasm.js" || name === "command.cjs" || /^chunk-.*\.js$/.test(name))
  .map((name) => file(`server/dist/${name}`, `dist/${name}`));
const data = readdirSync(join(root, "data"))
  .filter((name) => /\.(btf|idx)$|^(NOTICE|kernel\.json)$/.test(name))
  .map((name) => file(`server/data/${name}`, `data/${name}`));
const pages = readdirSync(join(root, "docs/errors")).map((name) =>
  file(`server/docs/errors/${name}`, `docs/errors/${name}`),
);

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
const vsixManifest = `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${manifest.name}" Version="${version}" Publisher="${manifest.publisher}"/>
    <DisplayName>${escaped(manifest.displayName)}</DisplayName>
    <Description xml:space="preserve">${escaped(manifest.description)}</Description>
    <Tags>${manifest.keywords.map(escaped).join(",")},__ext_bpf,__web_extension</Tags>
    <Categories>${manifest.categories.map(escaped).join(",")}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <License>extension/LICENSE.txt</License>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${escaped(manifest.engines.vscode)}"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace,web"/>
    </Properties>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE.txt" Addressable="true"/>
  </Assets>
</PackageManifest>
`;
const types = {
  js: "application/javascript",
  json: "application/json",
  md: "text/markdown",
  txt: "text/plain",
  vsixmanifest: "text/xml",
};
const octets = ["cjs", "btf", "idx"].map((end) => [end, "application/octet-stream"]);
const contentTypes = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
${[...Object.entries(types), ...octets]
  .map(([end, type]) => `  <Default Extension=".${end}" ContentType="${type}"/>`)
  .join("\n")}
  <Override PartName="/extension/server/data/NOTICE" ContentType="text/plain"/>
</Types>
`;

const out = join(root, "dist/bpfasm.vsix");
writeFileSync(
  out,
  zip([
    ["extension.vsixmanifest", Buffer.from(vsixManifest)],
    ["[Content_Types].xml", Buffer.from(contentTypes)],
    ["extension/package.json", Buffer.from(`${JSON.stringify(packed, null, 2)}\n`)],
    file("README.md", "editors/vscode/README.md"),
    file("LICENSE.txt", "LICENSE"),
    file("language-configuration.json", "editors/vscode/language-configuration.json"),
    file("syntaxes/bpf.tmLanguage.json", "editors/vscode/syntaxes/bpf.tmLanguage.json"),
    ...made,
    ["extension/server/package.json", Buffer.from('{ "type": "module" }\n')],
    ...server,
    ...data,
    ...pages,
  ]),
);
console.log(out);
