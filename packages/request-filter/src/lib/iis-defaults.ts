import type { RequestFilterOptions } from './filter-options.ts';

/** File extensions that IIS 10 refuses by default: sources, settings and databases of ASP.NET applications. */
const deniedExtensions =
  `.asa .asax .ascx .master .skin .browser .sitemap .config .cs .csproj .vb .vbproj .webinfo .licx .resx .resources .mdb
   .vjsproj .java .jsl .ldb .dsdgm .ssdgm .lsad .ssmap .cd .dsprototype .lsaprototype .sdm .sdmDocument .mdf .ldf .ad .dd
   .ldd .sd .adprototype .lddprototype .exclude .refresh .compiled .msgx .vsdisco .rules`.split(/\s+/);

/** Folders and files of an ASP.NET application that IIS 10 hides by default. */
const hiddenSegments = [
  ...['web.config', 'bin', 'App_code', 'App_GlobalResources', 'App_LocalResources'],
  ...['App_WebReferences', 'App_Data', 'App_Browsers'],
];

/** Request filtering as IIS 10 ships it. */
export const iisDefaults: RequestFilterOptions = {
  maxBodyBytes: 30_000_000,
  maxUrlBytes: 4096,
  maxQueryBytes: 2048,
  allowDoubleEscaping: false,
  allowPlus: false, // IIS takes a plus for a space that is escaped twice
  allowHighBit: true,
  extensions: { deny: deniedExtensions },
  hiddenSegments: { deny: hiddenSegments },
};
