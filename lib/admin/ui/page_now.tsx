/** How things stand, this second. */
import { AliasesPanel } from "./aliases_panel.tsx";
import { BackendsPanel } from "./backends_panel.tsx";
import { CooldownsPanel } from "./cooldowns_panel.tsx";
import { FigureStrip } from "./figure_strip.tsx";
import { NowPlots } from "./now_plots.tsx";
import { useStore } from "./store.ts";

export function NowPage() {
  const { say, now } = useStore();
  const view = now.value;
  if (view === undefined) return <p class="loading">{say("loading")}</p>;
  return (
    <div class="page">
      <h1 class="hidden">{say("now")}</h1>
      <FigureStrip view={view} />
      <div class="columns">
        <NowPlots view={view} />
        <CooldownsPanel view={view} />
      </div>
      <BackendsPanel view={view} />
      <AliasesPanel view={view} />
    </div>
  );
}
