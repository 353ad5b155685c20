/** How far a maintenance run is; the unit is the run's own. */
export interface MaintenanceProgress {
  readonly done: number;
  readonly total: number;
}

export interface MaintenanceRun {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: MaintenanceProgress) => void;
}

/** Adds up what is done over several files. */
export class ProgressCount {
  readonly #run: MaintenanceRun;
  readonly #total: number;
  #done = 0;

  constructor(run: MaintenanceRun, total: number) {
    this.#run = run;
    this.#total = total;
  }

  add(done: number): void {
    this.#done += done;
    this.#run.onProgress?.({ done: Math.min(this.#done, this.#total), total: this.#total });
  }
}
