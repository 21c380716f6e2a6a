/** Screen: where a scene is shown. */
import type { Scene } from "./scene.ts";

export interface Screen {
  /** Shows `scene` as it is at `nowMs`. */
  draw(scene: Scene, nowMs: number): void;
  /** Leaves the terminal as it was found, below what was shown. */
  end(): void;
}
