import { describe, expectTypeOf, it } from 'vitest';
import type * as protocolDuplicates from '../../server/protocol/duplicates.ts';
import type { EmbedOutcome } from '../../server/protocol/embed.ts';
import type { ErrorKind } from '../../server/protocol/errors.ts';
import type * as protocolExplain from '../../server/protocol/explain.ts';
import type * as protocolReport from '../../server/protocol/index-report.ts';
import type * as protocolModels from '../../server/protocol/models.ts';
import type * as protocolSearch from '../../server/protocol/search-hit.ts';
import type { SentEntry as ProtocolSent } from '../../server/protocol/sent.ts';
import type { ServerSettings } from '../../server/protocol/settings.ts';
import type * as protocolStats from '../../server/protocol/stats.ts';
import type { Config } from '../../server/src/core/config.ts';
import type { CoreStats, SpaceStats } from '../../server/src/core/cache-stats.ts';
import type { WithheldReason } from '../../server/src/core/embed/send-gate.ts';
import type { FailureKind } from '../../server/src/core/errors.ts';
import type * as coreFiles from '../../server/src/core/files/file-source.ts';
import type { ExplainedChunk } from '../../server/src/core/index/chunk-table.ts';
import type * as coreReport from '../../server/src/core/index/index-report.ts';
import type * as coreModels from '../../server/src/core/model-list.ts';
import type * as coreDuplicates from '../../server/src/core/search/duplicates.ts';
import type * as coreSearch from '../../server/src/core/search/search-hit.ts';
import type { SentEntry } from '../../server/src/core/usage/send-log.ts';
import type { Usage } from '../../server/src/core/usage/usage.ts';

/** A core type with a file's URI in place of the folder it is in, as the protocol has it. */
type WithUri<T extends { readonly folder: string }> = Omit<T, 'folder'> & { readonly uri: string };
/** The same type written out, so that two ways of writing it are equal. */
type Flat<T> = { [K in keyof T]: T[K] };

/**
 * Core may not import the protocol, so each has its own types for what goes through both. A
 * difference is an error of the type check, which runs over tests as well.
 */
describe('the protocol and core have the same types for', () => {
  it('hits, their reasons and filters', () => {
    type Hit = Flat<WithUri<coreSearch.SearchHit>>;
    expectTypeOf<protocolSearch.SearchHit>().toEqualTypeOf<Hit>();
    expectTypeOf<protocolSearch.LineRange>().toEqualTypeOf<coreSearch.LineRange>();
    expectTypeOf<Flat<protocolSearch.HitReasons>>().toEqualTypeOf<Flat<coreSearch.HitReasons>>();
    expectTypeOf<protocolSearch.SearchMode>().toEqualTypeOf<coreSearch.SearchMode>();
    type Filters = Required<Omit<protocolSearch.SearchFilters, 'folders'>>;
    expectTypeOf<Filters>().toEqualTypeOf<DefinedOf<coreSearch.SearchFilters>>();
  });

  it('duplicates', () => {
    expectTypeOf<protocolDuplicates.Likeness>().toEqualTypeOf<coreDuplicates.Likeness>();
    type Place = Flat<WithUri<coreDuplicates.DuplicatePlace>>;
    expectTypeOf<protocolDuplicates.DuplicatePlace>().toEqualTypeOf<Place>();
    type Group = Omit<coreDuplicates.DuplicateGroup, 'places'>;
    expectTypeOf<Omit<protocolDuplicates.DuplicateGroup, 'places'>>().toEqualTypeOf<Group>();
  });

  it('failures and what is withheld', () => {
    expectTypeOf<ErrorKind>().toEqualTypeOf<FailureKind>();
    type Withheld = Extract<EmbedOutcome, { kind: 'withheld' }>['reason'];
    expectTypeOf<Withheld>().toEqualTypeOf<WithheldReason>();
  });

  it('what was sent', () => {
    type Sent = Flat<Omit<SentEntry, 'at'> & { readonly at: string }>;
    expectTypeOf<ProtocolSent>().toEqualTypeOf<Sent>();
  });

  it('models to choose from', () => {
    expectTypeOf<protocolModels.OfferedModel>().toEqualTypeOf<coreModels.OfferedModel>();
    expectTypeOf<protocolModels.ModelList>().toEqualTypeOf<coreModels.ModelList>();
  });

  it('figures, and why files are left out', () => {
    expectTypeOf<protocolStats.Usage>().toEqualTypeOf<Usage>();
    expectTypeOf<protocolStats.SpaceStats>().toEqualTypeOf<SpaceStats>();
    type Shared = Pick<protocolStats.Stats, keyof CoreStats>;
    expectTypeOf<Shared>().toEqualTypeOf<CoreStats>();
    expectTypeOf<protocolStats.SkipReason>().toEqualTypeOf<coreFiles.SkipReason>();
    type Explained = Pick<ExplainedChunk, keyof protocolExplain.ExplainedChunk>;
    expectTypeOf<protocolExplain.ExplainedChunk>().toEqualTypeOf<Explained>();
  });

  it('reports of indexing', () => {
    expectTypeOf<protocolReport.IndexProgress>().toEqualTypeOf<coreReport.IndexProgress>();
    type Files = protocolReport.IndexReport['files'];
    expectTypeOf<Files>().toEqualTypeOf<coreReport.IndexReport['files']>();
  });

  it('settings that are choices', () => {
    expectTypeOf<ServerSettings['effort']>().toEqualTypeOf<Config['effort']>();
    expectTypeOf<ServerSettings['monthlyUsd']>().toEqualTypeOf<Config['monthlyUsd']>();
  });
});

type DefinedOf<T> = { [K in keyof T]-?: Exclude<T[K], undefined> };
