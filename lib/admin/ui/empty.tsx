/** Where there is nothing to show: what that means, and what to do. */
import type { ComponentChildren } from "preact";

export function Empty(
  { title, help, children }: {
    readonly title: string;
    readonly help: string;
    readonly children?: ComponentChildren;
  },
) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      <p>{help}</p>
      {children}
    </div>
  );
}
