export const time = {
  justNow: "just now",
  today: "Today",
  tomorrow: "Tomorrow",
  yesterday: "Yesterday",
};
