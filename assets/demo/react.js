// React as a module: the page loads its classic script first.
export const { useEffect, useState } = window.React;
